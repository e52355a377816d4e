//! A random value given to something named after a service: many services' keys have no form of their own, and what is
//! written before them is the service's name and seldom a word for "secret" (`datadog: 4b1f…`, `HEROKU || "9b24…"`).
use crate::leak::{Kind, Leak};
use crate::tokens::{begins, floor, masked, run};
use crate::value::{entropy, is_hex, is_placeholder, is_random, is_uuid};

/// Services whose keys are strings of letters and digits alone, by their own documentation. Those with a prefix of their
/// own (`ghp_`, `xoxb-`) are in the table of tokens; names that are everyday words of code are left out.
#[rustfmt::skip]
pub(crate) const VENDORS: &[&str] = &[
    "abuseipdb", "adafruit", "adobe", "airtable", "algolia", "alibaba", "amplitude", "asana", "assemblyai", "atlassian", "beamer", "bitbucket", "bitfinex", "bittrex", "bugsnag",
    "circleci", "clickup", "cloudflare", "cloudinary", "codacy", "codecov", "codeclimate", "cohere", "coinbase", "confluent", "contentful", "coveralls", "databricks", "datadog", "deepgram",
    "digitalocean", "discord", "dnsimple", "docusign", "droneci", "dropbox", "dynatrace", "elevenlabs", "etsy", "facebook", "fastly", "figma", "finicity", "finnhub", "flickr", "flutterwave",
    "freshbooks", "freshdesk", "gitter", "gocardless", "grafana", "greynoise", "heroku", "honeycomb", "hubspot", "infura", "instagram", "intercom", "ipstack", "jfrog", "jumpcloud", "kraken", "kucoin",
    "launchdarkly", "linkedin", "linode", "loggly", "logzio", "mailchimp", "mailgun", "mailjet", "mandrill", "mapbox", "mattermost", "messagebird", "mixpanel", "netlify", "new-relic", "new_relic",
    "newrelic", "ngrok", "nytimes", "okta", "onesignal", "openweather", "opsgenie", "pagerduty", "paypal", "pinecone", "pingdom", "plaid", "planetscale", "postmark", "posthog", "privateai", "pubnub", "pusher",
    "rapidapi", "razorpay", "rollbar", "salesforce", "scaleway", "scrapingbee", "sendbird", "sendgrid", "sendinblue", "sentry", "serpapi", "shippo", "shodan", "shopify", "sidekiq", "snowflake", "snyk",
    "sonar", "sourcegraph", "splunk", "spotify", "squarespace", "statuspage", "sumologic", "sumo", "supabase", "telegram", "todoist", "travis", "trello", "twilio", "twitch", "twitter", "typeform",
    "unsplash", "urlscan", "vercel", "virustotal", "vonage", "vultr", "weatherstack", "webflow", "yandex", "youtube", "zapier", "zendesk", "zoominfo",
    "abstractapi", "airbrake", "aiven", "anypoint", "apify", "apilayer", "apitemplate", "appoptics", "appsflyer", "appveyor", "auth0", "authy", "autodesk", "aviationstack", "axonaut",
    "ayrshare", "bannerbear", "baremetrics", "betterstack", "bitrise", "blazemeter", "blockchair", "blockcypher", "blocknative", "bombbomb", "borgbase", "braintree", "brandfetch",
    "browserstack", "browshot", "bscscan", "budibase", "bugherd", "buildkite", "buttercms", "calendarific", "calendly", "capsulecrm", "carboninterface", "chargebee", "chartmogul",
    "chatfuel", "checkr", "checklyhq", "clarifai", "clearbit", "clickatell", "clickhouse", "clockify", "cloudconvert", "cloudfoundry", "cloudmersive", "cloudsmith", "codemagic", "coinapi",
    "coinlayer", "coinmarketcap", "cometml", "convertkit", "couchbase", "crowdin", "crowdstrike", "cryptocompare", "currencylayer", "customerio", "databox", "delighted", "detectify",
    "detectlanguage", "diffbot", "disqus", "docparser", "dwolla", "edamam", "edenai", "etherscan", "eventbrite", "everhour", "exchangerate", "fastforex", "feedly", "finage", "formio",
    "foursquare", "freshservice", "geckoboard", "geoapify", "geocodify", "getresponse", "gitguardian", "glassnode", "graphhopper", "gtmetrix", "gumroad", "hellosign", "helpscout",
    "holidayapi", "humio", "hunterio", "iexcloud", "imagekit", "imagga", "imgur", "insightly", "intrinio", "ip2location", "ipapi", "ipgeolocation", "ipinfo", "iterable", "jotform",
    "jupiterone", "kickbox", "klaviyo", "kubecost", "lastfm", "leadfeeder", "lemlist", "lemonsqueezy", "livechat", "lokalise", "loginradius", "mailboxlayer", "mailerlite", "mailersend",
    "mailmodo", "mailtrap", "mapquest", "mavenlink", "mediastack", "meistertask", "meraki", "messente", "mixmax", "mockaroo", "moosend", "moralis", "mparticle", "newsapi", "nexmo",
    "nicereply", "nightfall", "nutritionix", "nylas", "oanda", "omnisend", "onelogin", "opencage", "openexchangerates", "openuv", "optimizely", "pandadoc", "paymongo", "paysafe", "pendo",
    "pepipost", "pingone", "pipedrive", "pixabay", "planyo", "plivo", "polygonio", "prodpad", "proxycrawl", "pushbullet", "pushover", "pushwoosh", "pulumi", "qualtrics", "qubole",
    "quickbase", "rapid7", "rebrandly", "recurly", "redislabs", "repairshopr", "retailcrm", "ringcentral", "rocketreach", "route4me", "saltedge", "saucelabs", "scalyr", "scraperapi",
    "scrapestack", "screenshotapi", "securitytrails", "semaphoreci", "serpstack", "signalwire", "signaturit", "signnow", "simplesat", "siteimprove", "skrapp", "smartsheet", "smartystreets",
    "smartling", "smsapi", "snipcart", "socrata", "sparkpost", "speechmatics", "spoonacular", "sslmate", "statsig", "statuscake", "stitchdata", "stormglass", "storyblok", "strava",
    "stytch", "surveymonkey", "swiftype", "taxjar", "telesign", "thousandeyes", "ticketmaster", "tiingo", "tomorrowio", "tomtom", "transferwise", "travelpayouts", "twelvedata", "ubidots",
    "uploadcare", "upcloud", "uptimerobot", "userstack", "viewneo", "visualcrossing", "wakatime", "walkscore", "wandb", "weatherapi", "weatherbit", "weightsandbiases", "wistia", "wrike",
    "yousign", "zerobounce", "zerotier", "zeplin", "zenrows", "zenscrape", "zipcodeapi", "zipcodebase", "zoho", "private-ai", "private_ai",
];

/// Services whose keys are UUIDs.
const UUID_KEYS: &[&str] = &[
    "heroku",
    "snyk",
    "postmark",
    "sendgrid",
    "vultr",
    "urlscan",
    "blazemeter",
    "cloudmersive",
    "coinapi",
    "messagebird",
    "transferwise",
    "zipcodebase",
    "loginradius",
    "anypoint",
    "codacy",
    "thousandeyes",
    "coinmarketcap",
    "buildkite",
];

/// Words of a name whose value is a hash, an address or a version.
const NO_KEYS: &[&str] = &[
    "sha",
    "hash",
    "digest",
    "checksum",
    "integrity",
    "commit",
    "rev",
    "version",
    "url",
    "href",
    "file",
    "path",
    "image",
    "ref",
    "etag",
    "fingerprint",
    "size",
    "date",
    "public",
    "publishable",
];

/// What may stand in the rest of a name, between it and the sign, and between the sign and the value.
const REST: usize = 24;
const BEFORE_SIGN: usize = 3;
const AFTER_SIGN: usize = 5;
const LEAST: usize = 14;
const MOST: usize = 160;
/// Names up to this length occur inside others.
const SHORT: usize = 5;

/// The value given to the name that has a vendor's name at `at..end`.
pub(crate) fn assigned(text: &str, at: usize, end: usize) -> Option<Leak> {
    let bytes = text.as_bytes();
    let name = text.get(at..end)?;
    let vendor = name.to_ascii_lowercase();
    // A short name that runs over the humps of another (`sumOfAll`, `bookTable`) is none.
    let humps = name.len() <= SHORT && (name[1..] != vendor[1..] && name != name.to_ascii_uppercase());
    let rest = run(bytes, end, REST, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-' | b' ' | b'\t')
    });
    let quote =
        run(bytes, rest, BEFORE_SIGN, |b| b.is_ascii_whitespace() || matches!(b, b'"' | b'\'' | b']'));
    let sign = ["||", "=>", ":=", "::=", "?=", "->", "=", ">", ":", ","]
        .iter()
        .find(|sign| bytes[quote..].starts_with(sign.as_bytes()))?;
    let after = quote + sign.len();
    let from =
        run(bytes, after, AFTER_SIGN, |b| b.is_ascii_whitespace() || matches!(b, b'`' | b'"' | b'\'' | b'='));
    let to = run(bytes, from, MOST + 1, |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'=' | b'+' | b'/')
    });
    let value = text.get(from..to)?;
    let gap = text.get(end..rest)?.to_ascii_lowercase();
    let words = gap.split(|c: char| !c.is_ascii_alphanumeric());
    let public = words.clone().any(|word| {
        NO_KEYS.iter().any(|no| word == *no || word.starts_with("sha") || no.len() > 4 && word.ends_with(no))
    });
    let closed = bytes.get(to).is_none_or(|b| {
        b.is_ascii_whitespace()
            || matches!(b, b'`' | b'"' | b'\'' | b';' | b',' | b')' | b'}' | b'\\' | b'&' | b'<')
    });
    let uuid = is_uuid(value.as_bytes());
    let listed = *sign == "," && !matches!(bytes.get(from.wrapping_sub(1)), Some(b'"' | b'\'' | b'`'));
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    // A path or words joined by signs are no key; neither is a number.
    let plain = value
        .split(['/', '-', '_'])
        .filter(|part| !part.is_empty())
        .all(|part| crate::value::changes(part.as_bytes()) <= 1 && !is_hex(part.as_bytes()));
    let random = is_random(value) || value.len() >= 20 && digits >= 2 && entropy(value.as_bytes()) >= 3.3;
    if humps
        || public
        || listed
        || !closed
        || !(LEAST..=MOST).contains(&value.len())
        || digits == 0
        || digits == value.len()
        || plain && !uuid
        || uuid && !UUID_KEYS.contains(&vendor.as_str())
        || !random
        || is_placeholder(value)
        || masked(text, to)
        || value.starts_with('/')
        || !begins(bytes, from) && bytes[from - 1] != b'='
    {
        return None;
    }
    let span = floor(text, from)..to;
    Some(Leak::new(Kind::ApiKey, "generic.vendor", span, 0.6, "a random value given to a service's name"))
}
