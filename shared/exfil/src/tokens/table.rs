//! The formats, one a line, from the vendors' own documentation of their tokens. Ids are stable: exceptions and reports
//! name them. Lengths allow for forms that grew over the years.
use super::Class::{Alnum, Base64, Dotted, Hex, Low, LowHex, Up, Url, Word};
use super::{Class, Form, Prefix};
use crate::leak::Kind;

const fn key(id: &'static str, literal: &'static str, class: Class, min: usize, max: usize) -> Prefix {
    Prefix { id, literal, class, min, max, kind: Kind::ApiKey }
}

const fn password(id: &'static str, literal: &'static str, class: Class, min: usize, max: usize) -> Prefix {
    Prefix { id, literal, class, min, max, kind: Kind::Credential }
}

const fn private(id: &'static str, literal: &'static str, class: Class, min: usize, max: usize) -> Prefix {
    Prefix { id, literal, class, min, max, kind: Kind::PrivateKey }
}

const fn form(id: &'static str, literal: &'static str, before: usize, pattern: &'static str) -> Form {
    Form { id, literal, before, pattern, kind: Kind::ApiKey }
}

pub(crate) const PREFIXES: &[Prefix] = &[
    // docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    key("aws.access-key", "AKIA", Up, 16, 16), key("aws.session-key", "ASIA", Up, 16, 16), key("aws.bearer", "ABIA", Up, 16, 16),
    key("aws.context", "ACCA", Up, 16, 16), key("aws.group", "A3T", Up, 17, 17),
    key("aws.bedrock", "ABSK", Base64, 60, 280), key("aws.bedrock-short", "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t", Base64, 0, 2000),
    // github.blog/2021-04-05-behind-githubs-new-authentication-token-formats
    key("github.pat", "ghp_", Alnum, 30, 255), key("github.oauth", "gho_", Alnum, 30, 255), key("github.user", "ghu_", Alnum, 30, 255),
    key("github.server", "ghs_", Dotted, 30, 800), key("github.refresh", "ghr_", Alnum, 30, 255),
    key("github.fine-grained", "github_pat_", Word, 40, 255),
    // docs.gitlab.com/security/tokens
    key("gitlab.pat", "glpat-", Dotted, 20, 300), key("gitlab.deploy", "gldt-", Url, 20, 64), key("gitlab.runner", "glrt-", Dotted, 20, 300),
    key("gitlab.runner-registration", "GR1348941", Url, 20, 24), key("gitlab.runner-ci", "glrtr-", Dotted, 15, 300),
    key("gitlab.ci-job", "glcbt-", Dotted, 20, 300), key("gitlab.trigger", "glptt-", LowHex, 40, 40), key("gitlab.feed", "glft-", Url, 20, 80),
    key("gitlab.mail", "glimt-", Url, 20, 32), key("gitlab.agent", "glagent-", Url, 40, 80), key("gitlab.oauth", "gloas-", Alnum, 40, 80),
    key("gitlab.oauth-secret", "gloas-", Url, 64, 64), key("gitlab.scim", "glsoat-", Url, 18, 32), key("gitlab.flags", "glffct-", Url, 18, 32),
    key("gitlab.session", "_gitlab_session=", Alnum, 20, 64), key("gitlab.workspace", "glwt-", Url, 15, 80),
    // docs.npmjs.com, docs.pypi.org, guides.rubygems.org, crates.io, hex.pm, NuGet, Clojars, JSR, Packagist
    key("npm.token", "npm_", Alnum, 36, 36), key("pypi.token", "pypi-AgE", Url, 50, 400), key("testpypi.token", "pypi-AgEN", Url, 50, 400),
    key("rubygems.key", "rubygems_", Low, 48, 48), key("crates-io.token", "cio", Alnum, 32, 32), key("clojars.token", "CLOJARS_", Low, 60, 60),
    key("nuget.key", "oy2", Low, 43, 43), key("jsr.token", "jsrp_", Alnum, 30, 80), 
    // docs.stripe.com/keys
    key("stripe.secret", "sk_live_", Alnum, 10, 128), key("stripe.test", "sk_test_", Alnum, 10, 128), key("stripe.prod", "sk_prod_", Alnum, 10, 128),
    key("stripe.restricted", "rk_live_", Alnum, 10, 128), key("stripe.restricted-test", "rk_test_", Alnum, 10, 128),
    key("stripe.restricted-prod", "rk_prod_", Alnum, 10, 128), key("stripe.webhook", "whsec_", Base64, 24, 80), key("stripe.org", "sk_org_", Alnum, 10, 128),
    // api.slack.com/authentication/token-types
    key("slack.bot", "xoxb-", Url, 16, 255), key("slack.user", "xoxp-", Url, 16, 255), key("slack.app", "xapp-", Url, 16, 300),
    key("slack.config", "xoxe-", Url, 16, 400), key("slack.config-access", "xoxe.xoxp-", Url, 16, 400), key("slack.config-bot", "xoxe.xoxb-", Url, 16, 400),
    key("slack.legacy", "xoxa-", Url, 10, 255), key("slack.workspace", "xoxr-", Url, 10, 255), key("slack.legacy-s", "xoxs-", Url, 16, 400),
    key("slack.legacy-o", "xoxo-", Url, 16, 400), key("slack.cookie", "xoxd-", Base64, 30, 400), key("slack.client", "xoxc-", Url, 16, 255),
    // Models: platform.openai.com, docs.anthropic.com, huggingface.co/docs/hub/security-tokens and others
    key("openai.project", "sk-proj-", Url, 40, 260), key("openai.service", "sk-svcacct-", Url, 40, 260), key("openai.admin", "sk-admin-", Url, 40, 260),
    key("openai.legacy", "sk-", Alnum, 40, 64), key("openai.none", "sk-None-", Url, 40, 64),
    key("anthropic.api", "sk-ant-api", Url, 80, 120), key("anthropic.admin", "sk-ant-admin01-", Url, 80, 110),
    key("anthropic.oauth", "sk-ant-oat01-", Url, 80, 110), key("anthropic.session", "sk-ant-sid01-", Url, 80, 140),
    key("openrouter.key", "sk-or-v1-", LowHex, 64, 64), key("deepseek.key", "sk-", LowHex, 32, 32), key("huggingface.token", "hf_", Alnum, 34, 40),
    key("huggingface.org", "api_org_", Alnum, 34, 40), key("replicate.token", "r8_", Url, 37, 40), key("groq.key", "gsk_", Alnum, 48, 64),
    key("perplexity.key", "pplx-", Alnum, 40, 64), key("xai.key", "xai-", Word, 70, 90), 
    key("fireworks.key", "fw_", Alnum, 22, 26), key("nvidia.key", "nvapi-", Url, 60, 75), key("together.key", "tgp_v1_", Url, 40, 50),
    key("langsmith.key", "lsv2_pt_", Word, 40, 50), key("langsmith.service", "lsv2_sk_", Word, 40, 50), 
    key("cerebras.key", "csk-", Low, 44, 60), key("elevenlabs.key", "sk_", LowHex, 48, 48), key("pinecone.key", "pcsk_", Word, 50, 90),
    key("langfuse.secret", "sk-lf-", Url, 36, 36), key("tavily.key", "tvly-", Url, 20, 60), key("jina.key", "jina_", Url, 50, 70),
    // cloud.google.com/docs/authentication/api-keys and OAuth
    key("google.api-key", "AIza", Url, 35, 35), key("google.oauth-secret", "GOCSPX-", Url, 28, 28), key("google.access", "ya29.", Dotted, 20, 2100),
    key("google.refresh", "1//0", Url, 30, 160), key("google.hmac", "GOOG1E", Up, 50, 60), key("google.hmac-user", "GOOG", Up, 20, 20),
    // Clouds and hosting
    key("digitalocean.pat", "dop_v1_", LowHex, 64, 64), key("digitalocean.oauth", "doo_v1_", LowHex, 64, 64), key("digitalocean.refresh", "dor_v1_", LowHex, 64, 64),
    key("digitalocean.spaces", "DO00", Up, 16, 16), key("heroku.key", "HRKU-", Url, 36, 80), key("flyio.token", "fo1_", Url, 40, 64),
    key("flyio.macaroon", "FlyV1 fm", Base64, 80, 900), key("flyio.macaroon-1", "fm1r_", Base64, 80, 600), key("flyio.macaroon-a", "fm1a_", Base64, 80, 600),
    key("flyio.macaroon-2", "fm2_", Base64, 80, 900), key("render.key", "rnd_", Alnum, 30, 50), key("netlify.token", "nfp_", Alnum, 36, 44),
    key("vercel.blob", "vercel_blob_rw_", Word, 30, 80), 
    key("supabase.token", "sbp_", Low, 40, 44), key("supabase.secret", "sb_secret_", Url, 25, 50), key("alibaba.access-key", "LTAI", Alnum, 12, 28),
    key("tencent.secret-id", "AKID", Alnum, 32, 36), key("scaleway.key", "SCW", Up, 17, 17), key("scalingo.token", "tk-us-", Url, 48, 48),
    key("scalingo.token-eu", "tk-eu-", Url, 48, 48), key("linode.token", "lin_", Alnum, 40, 80), key("yandex.iam", "t1.", Dotted, 60, 400),
    key("yandex.api", "AQVN", Url, 35, 38), key("yandex.static", "YCAJE", Url, 20, 20), key("yandex.secret", "YCM", Url, 37, 37), 
    key("cloudflare.ca", "v1.0-", Url, 160, 190), key("cloudflare.user", "cfut_", Alnum, 36, 60), key("cloudflare.account", "cfat_", Alnum, 36, 60), 
    key("databricks.token", "dapi", LowHex, 32, 32), key("databricks.token-n", "dapi", Url, 34, 34), key("databricks.secret", "dose", LowHex, 32, 32), key("databricks.refresh", "doo", LowHex, 32, 32),
    key("doppler.personal", "dp.pt.", Alnum, 40, 44), key("doppler.cli", "dp.ct.", Alnum, 40, 44), key("doppler.service", "dp.st.", Dotted, 40, 90), key("doppler.audit", "dp.audit.", Alnum, 40, 44),
    key("doppler.scim", "dp.scim.", Alnum, 40, 44), key("doppler.account", "dp.sa.", Alnum, 40, 44),
    key("vault.service", "hvs.", Url, 24, 300), key("vault.batch", "hvb.", Url, 80, 400), key("vault.recovery", "hvr.", Url, 24, 300), key("vault.legacy", "s.", Alnum, 24, 24),
    key("terraform.token", "atlasv1.", Url, 60, 72), key("pulumi.token", "pul-", Low, 40, 40), key("infracost.key", "ico-", Alnum, 32, 32),
    key("dockerhub.pat", "dckr_pat_", Url, 24, 40), key("dockerhub.org", "dckr_oat_", Url, 24, 40), key("openshift.token", "sha256~", Url, 40, 46), 
    key("artifactory.key", "AKC", Alnum, 60, 80), key("artifactory.reference", "cmVmd", Alnum, 56, 64), key("artifactory.password", "AP6", Alnum, 30, 80), key("sonar.token", "squ_", Low, 40, 40),
    key("sonar.project", "sqp_", Low, 40, 40), key("sonar.analysis", "sqa_", Low, 40, 40), key("snyk.token", "snyk_uat.", Dotted, 40, 120), key("buildkite.token", "bkua_", Low, 40, 40),
    key("circleci.token", "CCIPAT_", Word, 40, 90), key("circleci.project", "CCIPRJ_", Word, 40, 90), key("octopus.key", "API-", Up, 25, 27), key("harness.pat", "pat.", Dotted, 60, 80), key("harness.sat", "sat.", Dotted, 60, 80),
    key("prefect.key", "pnu_", Alnum, 36, 36), key("prefect.bot", "pnb_", Alnum, 36, 36), key("dbt.token", "dbtc_", Url, 32, 60), key("dbt.user", "dbtu_", Url, 32, 60),
    key("launchdarkly.sdk", "sdk-", Url, 36, 36), key("launchdarkly.api", "api-", Hex, 36, 36), key("configcat.key", "configcat-sdk-", Base64, 40, 60), 
    // Work
    key("atlassian.token", "ATATT3", Url, 150, 250), key("atlassian.cloud", "ATCTT3", Url, 100, 250), key("bitbucket.app", "ATBB", Alnum, 28, 40), key("bitbucket.repo", "ATRT", Url, 60, 200),
    key("linear.key", "lin_api_", Alnum, 40, 40), key("linear.oauth", "lin_oauth_", Alnum, 40, 64), key("notion.token", "ntn_", Alnum, 43, 50), key("notion.secret", "secret_", Alnum, 43, 43),
    key("airtable.pat", "pat", Dotted, 79, 79), key("figma.pat", "figd_", Url, 35, 60), key("figma.oauth", "figo_", Url, 35, 60), key("frameio.token", "fio-u-", Url, 64, 64), 
    key("postman.key", "PMAK-", Url, 59, 59), key("postman.collection", "PMAT-", Up, 26, 26), key("readme.key", "rdme_", Low, 70, 70), key("typeform.token", "tfp_", Dotted, 40, 70), key("contentful.pat", "CFPAT-", Url, 40, 50), key("contentful.cma", "CFPAT_", Url, 40, 50),
     key("sourcegraph.dotcom", "sgd_", Hex, 64, 64),
    key("grafana.service", "glsa_", Word, 41, 41), key("grafana.cloud", "glc_", Base64, 32, 400), key("grafana.legacy", "eyJrIjoi", Base64, 60, 400), key("newrelic.user", "NRAK-", Alnum, 27, 27), key("newrelic.browser", "NRJS-", LowHex, 19, 19),
    key("newrelic.insights", "NRII-", Url, 32, 32), key("newrelic.insights-query", "NRIQ-", Url, 32, 32), key("newrelic.admin", "NRAA-", LowHex, 27, 27), key("newrelic.licence", "NRAL", Alnum, 30, 40), key("sentry.user", "sntryu_", LowHex, 64, 64),
    key("sentry.org", "sntrys_", Base64, 80, 400), key("sentry.integration", "sntryi_", LowHex, 64, 64), key("honeycomb.key", "hcaik_", Alnum, 50, 70), key("honeycomb.ingest", "hcxik_", Alnum, 50, 70), 
    key("posthog.personal", "phx_", Alnum, 40, 60), key("posthog.secret", "phs_", Alnum, 40, 60), key("logfire.token", "pylf_v", Word, 40, 80), key("axiom.token", "xaat-", Url, 36, 36), key("axiom.personal", "xapt-", Url, 36, 36), key("pagerduty.key", "pdus+", Base64, 20, 60), key("elastic.cloud", "essu_", Base64, 40, 120), 
    key("tailscale.key", "tskey-", Url, 14, 80), 
    // Mail, messages, payments, shops
    key("sendgrid.key", "SG.", Dotted, 60, 72), key("mailgun.key", "key-", LowHex, 32, 32), key("mailgun.public", "pubkey-", LowHex, 32, 32), key("brevo.key", "xkeysib-", Url, 81, 81), key("brevo.smtp", "xsmtpsib-", Url, 81, 81), key("resend.key", "re_", Word, 30, 40),
    key("mailersend.token", "mlsn.", LowHex, 64, 64), key("postmark.smtp", "PM-T-", Url, 30, 70), key("twilio.key", "SK", Hex, 32, 32), key("twilio.account", "AC", Hex, 32, 32), key("telnyx.key", "KEY0", Word, 50, 60), key("messagebird.key", "live_", Alnum, 25, 25),
    key("lob.live", "live_", LowHex, 35, 35), key("lob.test", "test_", LowHex, 35, 35), key("lob.pub-live", "live_pub_", LowHex, 31, 31), key("lob.pub-test", "test_pub_", LowHex, 31, 31),
    key("square.access", "EAAA", Url, 40, 64), key("square.token", "sq0atp-", Url, 22, 26), key("square.secret", "sq0csp-", Url, 40, 48), key("square.id", "sq0idp-", Url, 22, 26), key("facebook.token", "EAA", Alnum, 80, 400), key("instagram.token", "IGQ", Url, 80, 300),
    key("shopify.access", "shpat_", Hex, 32, 40), key("shopify.custom", "shpca_", Hex, 32, 40), key("shopify.private", "shppa_", Hex, 32, 40), key("shopify.secret", "shpss_", Hex, 32, 40), key("shopify.refresh", "shprt_", Hex, 32, 32), key("shopify.partner", "prtapi_", Hex, 32, 32),
    key("shippo.live", "shippo_live_", Hex, 40, 40), key("shippo.test", "shippo_test_", Hex, 40, 40), key("easypost.key", "EZAK", Alnum, 54, 54), key("easypost.test", "EZTK", Alnum, 54, 54), key("duffel.live", "duffel_live_", Url, 40, 48), key("duffel.test", "duffel_test_", Url, 40, 48),
    key("flutterwave.public", "FLWPUBK_TEST-", Url, 30, 40), key("flutterwave.public-live", "FLWPUBK-", Url, 30, 40), key("flutterwave.secret", "FLWSECK_TEST-", Url, 12, 40), key("flutterwave.secret-live", "FLWSECK-", Url, 12, 40),
    key("razorpay.live", "rzp_live_", Alnum, 14, 20), key("razorpay.test", "rzp_test_", Alnum, 14, 20), key("paystack.secret", "sk_live_", LowHex, 40, 40), key("adyen.key", "AQE", Base64, 60, 300), key("plaid.access", "access-production-", Url, 36, 36), key("plaid.sandbox", "access-sandbox-", Url, 36, 36), key("plaid.dev", "access-development-", Url, 36, 36),
    key("paypal.token", "access_token$production$", Dotted, 40, 90), key("paypal.token-sandbox", "access_token$sandbox$", Dotted, 40, 90), key("gocardless.live", "live_", Url, 40, 40), key("mollie.live", "live_", Alnum, 30, 32),
    key("mapbox.secret", "sk.eyJ", Dotted, 60, 300), key("mapbox.public", "pk.eyJ", Dotted, 60, 300), key("mapbox.temporary", "tk.eyJ", Dotted, 60, 300), key("maxmind.key", "mmk_", Alnum, 30, 40),
    key("hubspot.pat", "pat-na1-", Url, 36, 36), key("hubspot.pat-2", "pat-na2-", Url, 36, 36), key("hubspot.pat-eu", "pat-eu1-", Url, 36, 36), key("intercom.token", "dG9rO", Base64, 54, 60), key("clerk.live", "sk_live_", Alnum, 30, 60),
    key("adobe.secret", "p8e-", Url, 32, 32), key("adobe.secret-2", "p8-", Url, 30, 36), key("authress.key", "sc_", Dotted, 60, 220), key("authress.ext", "ext_", Base64, 60, 220), key("authress.ext-dot", "ext_", Dotted, 60, 220), key("authress.scauth", "scauth_", Dotted, 60, 220),
    key("ory.pat", "ory_pat_", Alnum, 30, 50), key("ory.api", "ory_apikey_", Alnum, 30, 50), key("workos.key", "sk_live_", Word, 40, 120), key("stytch.secret", "secret-live-", Url, 36, 40), key("stytch.test", "secret-test-", Url, 36, 40), key("onepassword.service", "ops_eyJ", Base64, 100, 1400),
    key("settlemint.aat", "sm_aat_", Alnum, 16, 32), key("settlemint.pat", "sm_pat_", Alnum, 16, 32), key("settlemint.sat", "sm_sat_", Alnum, 16, 32), key("clickhouse.key", "4b1d", Alnum, 38, 38), key("intra42.secret", "s-s4t2ud-", LowHex, 64, 64), key("intra42.secret-af", "s-s4t2af-", LowHex, 64, 64),
    key("planetscale.token", "pscale_tkn_", Dotted, 32, 64), key("planetscale.oauth", "pscale_oauth_", Dotted, 32, 64), password("planetscale.password", "pscale_pw_", Dotted, 32, 64), key("neon.key", "napi_", Alnum, 60, 70), password("neon.password", "npg_", Alnum, 12, 20), 
    password("aiven.password", "AVNS_", Url, 15, 24), key("mongodb.service", "mdb_sa_sk_", Url, 36, 48), key("confluent.key", "cflt", Base64, 60, 64), key("algolia.secured", "YWxn", Base64, 60, 200), key("zuplo.key", "zpka_", Word, 36, 60), 
    key("deno.token", "ddp_", Alnum, 36, 40), key("deno.org", "ddo_", Alnum, 36, 40), key("val-town.token", "vtwn_", Alnum, 24, 40), key("retool.key", "retool_", Alnum, 26, 40), key("trello.token", "ATTA", Hex, 60, 76), key("discord.mfa", "mfa.", Url, 80, 90),
    key("apify.token", "apify_api_", Alnum, 30, 46), key("dropbox.short", "sl.", Url, 130, 1200), key("dropbox.user", "sl.u.", Url, 130, 1300), key("wakatime.key", "waka_", Url, 36, 36), key("canva.secret", "cnvca", Url, 40, 60), 
    key("bitrise.token", "bitpat_", Url, 30, 100), key("endor.key", "endr+", Alnum, 16, 24), key("salesforce.token", "00D", Dotted, 80, 130), 
    key("twitch.oauth", "oauth:", Low, 30, 30), key("microsoft-teams.webhook", "IncomingWebhook/", Base64, 60, 100), private("age.key", "AGE-SECRET-KEY-1", Up, 50, 70), private("age.plugin", "AGE-PLUGIN-", Url, 40, 300), private("nostr.key", "nsec1", Low, 58, 58), private("stellar.seed", "SB", Up, 54, 54), private("bitcoin.extended", "xprv", Alnum, 100, 115), private("minisign.key", "RWRTY0Iy", Base64, 180, 220),
    // io.adafruit.com/api/docs, docs.dependencytrack.org, ionic.io/docs, docs.nightfall.ai, docs.pagar.me, ubidots.com/docs, docs.stackhawk.com,
    // help.fullstory.com, docs.flexport.com, docs.fleetbase.io, pubnub.com/docs, docs.sourcegraph.com
    key("adafruit.key", "aio_", Alnum, 28, 28), key("dependency-track.key", "odt_", Alnum, 32, 64), key("ionic.token", "ion_", Low, 42, 42), key("nightfall.key", "NF-", Alnum, 32, 32),
    key("pagarme.key", "ak_live_", Alnum, 30, 30), key("pagarme.encryption", "ek_live_", Alnum, 30, 30), key("ubidots.token", "BBFF-", Alnum, 30, 36), key("ubidots.token-us", "BBUS-", Alnum, 30, 36), key("stackhawk.key", "hawk.", Dotted, 41, 41),
    key("flexport.token", "shltm_", Url, 40, 60), key("fleetbase.key", "flb_live_", Alnum, 20, 40), key("pubnub.secret", "sec-c-", Base64, 48, 48), key("pubnub.publish", "pub-c-", Url, 36, 36), key("pubnub.subscribe", "sub-c-", Url, 36, 36),
    key("sourcegraph.licence", "slk_", LowHex, 64, 64), key("crates-io.trusted", "cio_tp_", Alnum, 30, 64),
    // docs.polar.sh, unkey.com/docs, trigger.dev/docs, inngest.com/docs, liveblocks.io/docs, mintlify.com/docs, docs.firecrawl.dev, developer.nylas.com,
    // docs.browserbase.com, e2b.dev/docs, docs.wandb.ai, docs.helicone.ai, cockroachlabs.com/docs
    key("cockroach.key", "CCDB1_", Word, 40, 80), 
    key("polar.token", "polar_oat_", Alnum, 40, 60), key("polar.pat", "polar_pat_", Alnum, 40, 60), key("unkey.root", "unkey_", Alnum, 20, 40),
    key("trigger.dev", "tr_prod_", Alnum, 20, 40), key("trigger.dev-test", "tr_dev_", Alnum, 20, 40), key("inngest.signing", "signkey-prod-", Hex, 64, 64), key("inngest.signing-test", "signkey-test-", Hex, 64, 64), key("liveblocks.secret", "sk_prod_", Url, 60, 80),
    key("mintlify.key", "mint_", Alnum, 24, 48), key("firecrawl.key", "fc-", LowHex, 32, 32),
    key("nylas.key", "nyk_v0_", Alnum, 40, 80), key("browserbase.key", "bb_live_", Url, 27, 40), key("e2b.key", "e2b_", LowHex, 40, 40), 
    key("weights.key", "wandb_v1_", Word, 40, 100), key("helicone.key", "sk-helicone-", Url, 30, 60), 
];

pub(crate) const FORMS: &[Form] = &[
    form("jwt", "eyJ", 0, r"^(ey[A-Za-z0-9_-]{15,}={0,2}\.ey[A-Za-z0-9_/-]{8,}={0,2}(?:\.[A-Za-z0-9_/-]*)?)"),
    form("jwe", "eyJ", 0, r"^(ey[A-Za-z0-9_-]{15,}\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,})"),
    form("jwt.loose", ".ey", 120, r"\b(ey[A-Za-z0-9]{17,}\.ey[A-Za-z0-9/\\_-]{17,}\.[A-Za-z0-9/\\_-]{10,}={0,2})"),
    form("jwt.base64", "ZXlK", 0, r"^(ZXlK[A-Za-z0-9+/_\n\r\\-]{40,}={0,2})"),
    form("azure.client-secret", "Q~", 5, r"(?:^|[^A-Za-z0-9_~.-])([A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34})(?:$|[^A-Za-z0-9_~.-])"),
    form("azure.storage", "AccountKey=", 0, r"^AccountKey=([A-Za-z0-9+/]{86}==)"),
    form("azure.shared-access", "SharedAccessKey=", 0, r"^SharedAccessKey=([A-Za-z0-9+/]{43}=)"),
    form("azure.sas", "sig=", 0, r"^sig=([A-Za-z0-9%]{43,63}(?:%3[Dd]|=))"),
    form("azure.cognitive", "JQQJ99", 60, r"\b([A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{26})"),
    form("azure.function", "AzFu", 50, r"\b([A-Za-z0-9_-]{44}AzFu[A-Za-z0-9_-]{5}[AQgw]==)"),
    form("azure.cosmos", "ACDb", 80, r"\b([A-Za-z0-9+/]{76}ACDb[A-Za-z0-9]{6}==)"),
    form("azure.storage-stamped", "AStS", 80, r"([A-Za-z0-9+/]{76}(?:AStS|\+ASt)[A-Za-z0-9+/]{6}==)"),
    form("discord.bot", ".", 30, r"(?:^|[^A-Za-z0-9_.-])([MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38})(?:$|[^A-Za-z0-9_-])"),
    form("telegram.bot", ":A", 12, r"(?:^|[^A-Za-z0-9])([0-9]{8,10}:A[A-Za-z0-9_-]{34})(?:$|[^A-Za-z0-9_-])"),
    form("telegram.bot-url", "/bot", 0, r"^/bot([0-9]{8,10}:[A-Za-z0-9_-]{35})"),
    form("mailchimp.key", "-us", 34, r"\b([0-9a-f]{32}-us[0-9]{1,2})\b"),
    form("hashicorp.terraform", ".atlasv1.", 16, r"(?:^|[^A-Za-z0-9])([A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9=_-]{60,72})"),
    form("onepassword.secret-key", "A3-", 0, r"^(A3-[A-Z0-9]{6}-(?:[A-Z0-9]{11}|[A-Z0-9]{6}-[A-Z0-9]{5})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5})"),
    form("facebook.app-token", "|", 18, r"\b([0-9]{13,17}\|[A-Za-z0-9_-]{20,40})\b"),
    form("facebook.app-token-encoded", "%7c", 18, r"\b([0-9]{13,17}%7[Cc][A-Za-z0-9_-]{20,40})\b"),
    form("google.client-id-secret", "apps.googleusercontent.com", 90, r#"(?s)apps\.googleusercontent\.com.{1,60}?(?:secret|SECRET).{1,6}?([A-Za-z0-9_-]{24})\b"#),
    form("slack.webhook", "hooks.slack.com/", 0, r"^(hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9+/_-]{20,80})"),
    form("slack.webhook-loose", "hooks", 0, r"^(hooks.slack.com/(?:services|workflows|triggers)/[A-Za-z0-9+/_-]{20,80})"),
    form("teams.webhook", ".webhook.office.com/", 120, r"([A-Za-z0-9-]+\.webhook\.office\.com/webhookb2/[A-Za-z0-9@-]{30,90}/IncomingWebhook/[A-Za-z0-9/-]{30,200})"),
    form("discord.webhook", "/api/webhooks/", 20, r"((?:discord|discordapp)\.com/api/webhooks/[0-9]{15,21}/[A-Za-z0-9_-]{40,80})"),
    form("zapier.webhook", "hooks.zapier.com/", 0, r"^(hooks\.zapier\.com/hooks/catch/[0-9]+/[A-Za-z0-9]+)"),
    form("google-chat.webhook", "chat.googleapis.com/", 0, r"^(chat\.googleapis\.com/v1/spaces/[A-Za-z0-9_-]+/messages\?[^\s]*key=[^\s]+)"),
    form("bitcoin.wif", "wif", 0, r"(?i)^wif[^A-Za-z0-9]{1,8}([5KL][1-9A-HJ-NP-Za-km-z]{50,51})\b"),
    form("docker.auth", "\"auth\"", 0, r#"^"auth"\s*:\s*"([A-Za-z0-9+/=]{12,400})""#),
    form("twilio.pair", "AC", 0, r"^(AC[0-9a-f]{32}:[0-9a-f]{32})\b"),
    form("gcp.service-account", "\"private_key_id\"", 0, r#"^"private_key_id"\s*:\s*"([0-9a-f]{40})""#),
    form("segment.key", "sgp_", 0, r"^(sgp_[A-Za-z0-9]{64})\b"),
    form("sourcegraph.token", "sgp_", 0, r"^(sgp_(?:(?:[0-9a-fA-F]{16}|local)_)?[0-9a-fA-F]{40})\b"),
    // Microsoft's own signatures inside its keys (github.com/microsoft/security-utilities): four characters, then a place of two bits, then a checksum.
    form("azure.devops", "AZDO", 80, r"\b([A-Za-z0-9]{76}AZDO[A-Za-z0-9]{4})\b"),
    form("azure.search", "AzSe", 46, r"\b([A-Za-z0-9]{42}AzSe[A-D][A-Za-z0-9]{5})\b"),
    form("azure.service-bus", "+ASb", 36, r"([A-Za-z0-9+/]{33}\+ASb[A-P][A-Za-z0-9+/]{5}=)"),
    form("azure.event-hub", "+AEh", 36, r"([A-Za-z0-9+/]{33}\+AEh[A-P][A-Za-z0-9+/]{5}=)"),
    form("azure.relay", "+ARm", 36, r"([A-Za-z0-9+/]{33}\+ARm[A-P][A-Za-z0-9+/]{5}=)"),
    form("azure.iot-hub", "AIoT", 36, r"([A-Za-z0-9+/]{33}AIoT[A-P][A-Za-z0-9+/]{5}=)"),
    form("azure.redis", "AzCa", 36, r"([A-Za-z0-9+/]{33}AzCa[A-P][A-Za-z0-9+/]{5}=)"),
    form("azure.event-grid", "AzEG", 36, r"([A-Za-z0-9+/]{33}AzEG[A-P][A-Za-z0-9+/]{5}=)"),
    form("azure.batch", "+ABa", 80, r"([A-Za-z0-9+/]{76}\+ABa[A-Za-z0-9+/]{5}[AQgw]==)"),
    form("azure.machine-learning", "+AMC", 80, r"([A-Za-z0-9+/]{76}\+AMC[A-Za-z0-9+/]{5}[AQgw]==)"),
    form("azure.api-management", "APIM", 80, r"([A-Za-z0-9+/]{76}APIM[A-Za-z0-9+/]{5}[AQgw]==)"),
    form("azure.registry", "+ACR", 44, r"([A-Za-z0-9+/]{42}\+ACR[A-D][A-Za-z0-9+/]{5})"),
    // maxmind.com, clickup.com, docs.dynatrace.com, developer.salesforce.com, zoho.com, docs.voiceflow.com, wireguard.com
    form("maxmind.licence", "_mmk", 40, r"\b([A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)\b"),
    form("clickup.token", "pk_", 0, r"^(pk_[0-9]{6,9}_[0-9A-Z]{32})\b"),
    form("dynatrace.token", "dt0", 0, r"^(?i)(dt0[a-z][0-9]{2}\.[a-z0-9]{24}\.[a-z0-9]{64})\b"),
    form("salesforce.session", "00D", 0, r"^(00D[A-Za-z0-9]{9,15}![A-Za-z0-9._]{80,120})"),
    form("zoho.token", "1000.", 0, r"^(1000\.[0-9a-f]{32}\.[0-9a-f]{32})\b"),
    form("voiceflow.key", "VF.", 0, r"^(VF\.(?:(?:DM|WS)\.)?[0-9A-Fa-f]{24}\.[A-Za-z0-9]{16})\b"),
    form("fullstory.key", "na1.", 0, r"^(na1\.[A-Za-z0-9+/]{60,120}={0,2})"),
    form("teamwork.token", "tkn.v1_", 0, r"^(tkn\.v1_[A-Za-z0-9+/]{60,90}={0,2})"),
    form("mattermost.hook", "/hooks/", 60, r"(https?://[A-Za-z0-9.-]+/hooks/[a-z0-9]{26})\b"),
    // A key of 32 bytes: the last character before the sign of filling has two bits that are zero.
    Form { kind: Kind::PrivateKey, ..form("wireguard.key", "privatekey", 0, r"^(?i:privatekey)\s{0,8}=\s{0,8}([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)") },
    Form { kind: Kind::PrivateKey, ..form("wireguard.shared", "presharedkey", 0, r"^(?i:presharedkey)\s{0,8}=\s{0,8}([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)") },
];
