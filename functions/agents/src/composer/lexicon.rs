//! Word lists of plain English: nothing here is about any particular idea.
//!
//! Lists are sorted, so that a word is found by halving.

/// Base verbs of everyday work: what people and systems do with things.
#[rustfmt::skip]
pub(super) const VERBS: &[&str] = &[
    "accept", "access", "acknowledge", "activate", "add", "adjust", "agree", "alert", "allocate", "allow", "analyse",
    "analyze", "answer", "append", "apply", "approve", "arrange", "arrive", "ask", "assemble", "assess", "assign",
    "attach", "attend", "audit", "authorise", "authorize", "back", "bake", "become", "beep", "begin", "bill", "blink",
    "block", "book", "borrow", "break", "breathe", "breed", "bring", "browse", "build", "burn", "buy", "calculate",
    "calibrate", "call", "cancel", "capture", "carry", "categorise", "categorize", "change", "charge", "chase",
    "chat", "check", "choose", "claim", "clean", "click", "close", "coach", "collect", "combine", "come", "comment",
    "commission", "commute", "compare", "complete", "compute", "confirm", "connect", "consult", "contact", "contain",
    "control", "convert", "cook", "copy", "correct", "count", "cover", "create", "cut", "cycle", "dance",
    "deactivate", "decide", "deduct", "define", "delete", "deliver", "deploy", "describe", "detect", "dig", "dim",
    "disable", "discover", "dispatch", "display", "dispose", "distribute", "document", "donate", "download", "draft",
    "draw", "drink", "drive", "drop", "dry", "duplicate", "earn", "eat", "edit", "eject", "email", "enable",
    "encrypt", "end", "enforce", "enter", "estimate", "evaluate", "examine", "exchange", "expire", "explain",
    "explore", "export", "extend", "fall", "feed", "fetch", "file", "fill", "film", "filter", "find", "finish", "fix",
    "flag", "flash", "fly", "follow", "forget", "forward", "freeze", "generate", "get", "give", "go", "grade",
    "grant", "group", "grow", "guide", "hand", "handle", "hang", "happen", "harvest", "heat", "help", "hide", "hire",
    "hold", "host", "hunt", "hurt", "identify", "import", "inform", "inspect", "install", "integrate", "interview",
    "invent", "invite", "invoice", "issue", "join", "judge", "keep", "kill", "knit", "know", "label", "launch",
    "lead", "learn", "leave", "lend", "let", "lie", "light", "like", "limit", "link", "list", "listen", "load",
    "locate", "lock", "log", "look", "lose", "maintain", "make", "manage", "mark", "match", "measure", "meet", "melt",
    "mend", "merge", "message", "moderate", "modify", "monitor", "mount", "move", "name", "narrate", "navigate",
    "need", "nominate", "note", "notice", "notify", "number", "nurse", "offer", "open", "order", "organise",
    "organize", "owe", "own", "pack", "paint", "pair", "park", "pass", "pause", "pay", "photograph", "pick", "place",
    "plan", "plant", "play", "post", "predict", "prepare", "press", "prevent", "preview", "print", "prioritise",
    "prioritize", "process", "produce", "programme", "prompt", "propose", "protect", "prove", "provide", "publish",
    "pull", "purchase", "push", "put", "qualify", "query", "quit", "quote", "rain", "rate", "reach", "read",
    "receive", "recharge", "recognise", "recognize", "recommend", "reconcile", "record", "recruit", "redeem",
    "refill", "refund", "refuse", "register", "rehearse", "reject", "release", "remember", "remind", "remove",
    "renew", "rent", "reopen", "repair", "repeat", "replace", "reply", "report", "request", "reschedule", "reserve",
    "reset", "resolve", "respond", "restart", "restock", "restore", "retrieve", "return", "reuse", "review", "revoke",
    "ride", "ring", "roast", "rotate", "route", "run", "sail", "save", "say", "scan", "schedule", "scroll", "search",
    "see", "select", "sell", "send", "sense", "separate", "serve", "set", "settle", "sew", "share", "ship", "show",
    "shut", "sign", "signal", "sing", "sit", "sketch", "skip", "sleep", "solve", "sort", "sow", "speak", "split",
    "sponsor", "spot", "spray", "stand", "start", "stay", "steal", "steer", "stitch", "stop", "store", "submit",
    "subscribe", "suggest", "supply", "support", "survive", "suspend", "swap", "sweep", "swim", "swipe", "switch",
    "sync", "synchronise", "synchronize", "tag", "take", "talk", "tap", "taste", "teach", "tell", "test", "tow",
    "track", "trade", "train", "transfer", "translate", "travel", "treat", "trigger", "tune", "turn", "type",
    "unlock", "unsubscribe", "update", "upgrade", "upload", "use", "validate", "verify", "vibrate", "view", "visit",
    "vote", "wait", "wake", "walk", "want", "warn", "wash", "watch", "water", "weave", "weigh", "weld", "wipe",
    "withdraw", "work", "wrap", "write", "zoom",
];

/// Irregular forms and their base.
#[rustfmt::skip]
pub(super) const IRREGULAR_VERBS: &[(&str, &str)] = &[
    ("began", "begin"), ("begun", "begin"), ("bought", "buy"), ("brought", "bring"), ("built", "build"),
    ("came", "come"), ("chose", "choose"), ("chosen", "choose"), ("drawn", "draw"), ("drew", "draw"),
    ("driven", "drive"), ("drove", "drive"), ("fed", "feed"), ("fetched", "fetch"), ("forgot", "forget"),
    ("forgotten", "forget"), ("found", "find"), ("gave", "give"), ("given", "give"), ("got", "get"), ("held", "hold"),
    ("hung", "hang"), ("kept", "keep"), ("led", "lead"), ("left", "leave"), ("lent", "lend"), ("lost", "lose"),
    ("made", "make"), ("met", "meet"), ("paid", "pay"), ("rang", "ring"), ("ridden", "ride"), ("rung", "ring"),
    ("said", "say"), ("saw", "see"), ("seen", "see"), ("sent", "send"), ("sold", "sell"), ("spoken", "speak"),
    ("taken", "take"), ("taught", "teach"), ("told", "tell"), ("took", "take"), ("went", "go"),
    ("withdrawn", "withdraw"), ("woke", "wake"), ("written", "write"), ("wrote", "write"),
];

/// Irregular plurals and words that only look like plurals.
#[rustfmt::skip]
pub(super) const IRREGULAR_PLURALS: &[(&str, &str)] = &[
    ("always", "always"), ("analyses", "analysis"), ("buses", "bus"), ("bytes", "byte"), ("calories", "calorie"),
    ("children", "child"), ("cookies", "cookie"), ("criteria", "criterion"), ("data", "data"),
    ("diagnoses", "diagnosis"), ("feet", "foot"), ("gas", "gas"), ("gases", "gas"), ("geese", "goose"),
    ("gps", "gps"), ("halves", "half"), ("knives", "knife"), ("leaves", "leaf"), ("lens", "lens"), ("lenses", "lens"),
    ("lives", "life"), ("loaves", "loaf"), ("means", "means"), ("men", "man"), ("mice", "mouse"), ("movies", "movie"),
    ("news", "news"), ("people", "person"), ("perhaps", "perhaps"), ("pies", "pie"), ("plus", "plus"),
    ("series", "series"), ("shelves", "shelf"), ("sms", "sms"), ("species", "species"), ("teeth", "tooth"),
    ("ties", "tie"), ("wives", "wife"), ("women", "woman"),
];

/// People, by what they do or are.
#[rustfmt::skip]
pub(super) const PERSONS: &[&str] = &[
    "accountant", "actor", "admin", "administrator", "adult", "advisor", "agent", "applicant", "apprentice",
    "architect", "artist", "assistant", "attendee", "attorney", "auditor", "author", "baker", "barista", "beekeeper",
    "board", "bookkeeper", "boss", "brewer", "broker", "builder", "butcher", "buyer", "candidate", "captain",
    "caregiver", "carer", "caretaker", "carpenter", "cashier", "chair", "chairman", "chairperson", "chairwoman",
    "chef", "child", "citizen", "cleaner", "clerk", "client", "coach", "colleague", "collector", "commuter",
    "concierge", "conductor", "consultant", "contractor", "cook", "coordinator", "council", "counsellor", "courier",
    "coworker", "crew", "customer", "cyclist", "dad", "dealer", "dentist", "department", "designer", "developer",
    "dietician", "director", "dispatcher", "doctor", "donor", "driver", "editor", "educator", "elder", "electrician",
    "employee", "employer", "engineer", "entrepreneur", "everyone", "examiner", "expert", "facilitator", "family",
    "farmer", "father", "fisherman", "florist", "foreman", "founder", "freelancer", "friend", "gardener", "guard",
    "guardian", "guest", "guide", "hairdresser", "handyman", "host", "household", "housekeeper", "hunter",
    "inspector", "installer", "instructor", "intern", "interviewer", "investor", "janitor", "journalist", "judge",
    "keeper", "kid", "landlady", "landlord", "lawyer", "leader", "learner", "lecturer", "librarian", "lifeguard",
    "man", "manager", "mason", "mayor", "mechanic", "mediator", "member", "mentor", "merchant", "midwife",
    "moderator", "mother", "mum", "musician", "nanny", "neighbor", "neighbour", "nurse", "nutritionist", "observer",
    "officer", "operator", "optician", "organiser", "organizer", "owner", "painter", "parent", "participant",
    "partner", "passenger", "patient", "pedestrian", "person", "pharmacist", "photographer", "physician",
    "physiotherapist", "picker", "pilot", "planner", "player", "plumber", "police", "porter", "presenter",
    "principal", "producer", "professor", "programmer", "promoter", "proofreader", "provider", "publisher", "pupil",
    "purchaser", "receptionist", "recipient", "recruiter", "referee", "renter", "reporter", "representative",
    "researcher", "resident", "retailer", "retiree", "reviewer", "rider", "roommate", "sailor", "salesman",
    "salesperson", "saleswoman", "scientist", "secretary", "seller", "senior", "servant", "sheriff", "shopkeeper",
    "shopper", "singer", "sitter", "skipper", "solicitor", "speaker", "specialist", "sponsor", "staff", "stakeholder",
    "steward", "student", "subscriber", "supervisor", "supplier", "supporter", "surgeon", "surveyor", "tailor",
    "taxpayer", "teacher", "team", "technician", "teenager", "tenant", "tester", "therapist", "tourist", "trader",
    "trainee", "trainer", "translator", "traveler", "traveller", "treasurer", "trustee", "tutor", "user", "vendor",
    "vet", "veterinarian", "viewer", "visitor", "volunteer", "voter", "waiter", "waitress", "warden", "watchmaker",
    "welder", "winemaker", "woman", "worker", "writer",
];

/// Words that end a noun phrase.
#[rustfmt::skip]
pub(super) const FUNCTION_WORDS: &[&str] = &[
    "a", "about", "above", "across", "after", "again", "against", "all", "almost", "along", "already", "also",
    "although", "always", "am", "among", "an", "and", "another", "any", "are", "aren't", "around", "as", "at", "be",
    "because", "been", "before", "behind", "being", "below", "beside", "between", "both", "but", "by", "can", "can't",
    "cannot", "could", "couldn't", "did", "didn't", "do", "does", "doesn't", "don't", "done", "down", "during", "e.g",
    "each", "etc", "even", "every", "for", "from", "get", "gets", "got", "had", "has", "have", "having", "he", "her",
    "here", "him", "his", "how", "i", "i'd", "i'm", "i.e", "if", "in", "into", "is", "isn't", "it", "it'll", "it's",
    "its", "itself", "just", "let's", "like", "may", "me", "might", "mostly", "must", "mustn't", "my", "myself",
    "near", "need", "needed", "needs", "never", "no", "none", "nor", "not", "now", "of", "off", "often", "ok", "on",
    "one's", "only", "onto", "or", "other", "ought", "our", "out", "over", "per", "please", "shall", "she", "should",
    "shouldn't", "since", "so", "some", "sometimes", "still", "such", "than", "that", "that's", "the", "their",
    "them", "themselves", "then", "there", "there's", "these", "they", "they're", "this", "those", "though",
    "through", "to", "today", "tomorrow", "too", "toward", "towards", "under", "unless", "until", "up", "us",
    "usually", "very", "via", "want", "wanted", "wants", "was", "wasn't", "we", "we'd", "we're", "were", "what",
    "when", "where", "whether", "which", "while", "who", "whom", "whose", "why", "will", "with", "within", "without",
    "won't", "would", "wouldn't", "yesterday", "yet", "you", "your",
];

/// Adjectives and adverbs that say nothing about what a thing is.
#[rustfmt::skip]
pub(super) const ADJECTIVES: &[&str] = &[
    "annual", "automatic", "automatically", "available", "bad", "best", "better", "big", "broken", "busy", "certain",
    "cheap", "clean", "clear", "closed", "common", "cool", "correct", "current", "daily", "damaged", "different",
    "difficult", "digital", "dirty", "double", "early", "easy", "electric", "electronic", "empty", "entire",
    "existing", "expensive", "external", "fast", "few", "finished", "first", "free", "fresh", "full", "fun", "funny",
    "future", "general", "good", "hard", "heavy", "high", "internal", "large", "last", "late", "least", "less",
    "light", "little", "local", "long", "lost", "low", "main", "manual", "manually", "many", "missing", "mobile",
    "modern", "monthly", "more", "most", "much", "nearby", "new", "next", "nice", "normal", "offline", "old",
    "online", "open", "other", "overdue", "own", "paper", "personal", "physical", "possible", "previous", "private",
    "public", "quick", "ready", "real", "regular", "respective", "right", "safe", "same", "second", "secure",
    "separate", "several", "short", "simple", "single", "slow", "small", "smart", "special", "third", "tiny",
    "unused", "upcoming", "usual", "various", "weekly", "whole", "worse", "worst", "wrong", "yearly",
];

/// Nouns that are not kept records of: too general, an attribute, a medium or a measure.
#[rustfmt::skip]
pub(super) const NOT_ENTITIES: &[&str] = &[
    "access", "account-holder", "addition", "address", "addresses", "advance", "advantage", "afternoon", "air",
    "amount", "amounts", "answer", "answers", "anybody", "anything", "api", "app", "application", "apps", "april",
    "area", "attention", "august", "autumn", "average", "back", "backend", "basis", "battery", "beginning", "benefit",
    "bit", "bluetooth", "bottom", "browser", "budget", "button", "calendar", "care", "case", "cases", "cash",
    "chance", "change", "changes", "city", "cloud", "code", "column", "comment", "comments", "computer", "contact",
    "control", "cost", "costs", "country", "course", "data", "database", "date", "dates", "day", "days", "deadline",
    "december", "demand", "detail", "details", "device", "devices", "difference", "dollar", "dollars", "door",
    "e-mail", "effect", "email", "end", "english", "error", "errors", "euro", "euros", "evening", "everybody",
    "everything", "example", "excel", "experience", "eye", "eyes", "fact", "feature", "features", "february",
    "feedback", "fly", "friday", "front", "frontend", "fun", "function", "functions", "future", "general", "glance",
    "go", "goal", "goals", "half", "hand", "hands", "head", "help", "hold", "home", "hour", "hours", "idea", "image",
    "images", "info", "information", "internet", "january", "job-title", "joke", "jokes", "july", "june", "kind",
    "kinds", "language", "laptop", "launch", "law", "life", "light", "line", "link", "list", "lists", "login", "lot",
    "lots", "love", "machine-room", "march", "middle", "mind", "minute", "minutes", "mistake", "mistakes", "moment",
    "monday", "money", "month", "months", "morning", "name", "names", "need", "needs", "network", "night", "nobody",
    "noise", "noon", "note", "notebook", "notes", "nothing", "november", "number", "numbers", "october", "offer-free",
    "option", "options", "order-taking", "overview", "own", "page", "pages", "paper", "part-time", "particular",
    "pass", "password", "past", "people", "percent", "period", "phone", "phones", "photo", "photos", "picture",
    "pictures", "place", "places", "plan", "platform", "pound", "pounds", "power", "present", "price", "prices",
    "privacy", "problem", "problems", "process", "processes", "product", "project", "purpose", "quality", "question",
    "questions", "queue", "rain", "rate", "reach", "reason", "reasons", "region", "release", "rest", "result",
    "results", "risk", "risks", "room-temperature", "rule", "rules", "saturday", "screen", "search", "second",
    "seconds", "security", "september", "server", "set", "share", "side", "sight", "signal", "site", "slack",
    "smartphone", "sms", "software", "solution", "solutions", "somebody", "something", "sort", "sound", "source",
    "spot", "spreadsheet", "spreadsheets", "spring", "stand", "start", "state", "status", "step", "steps", "stock",
    "street", "sum", "summer", "sun", "sunday", "support", "system", "table", "tables", "tablet", "telegram", "text",
    "texts", "thing", "things", "thursday", "time", "times", "tool-kit", "top", "total", "touch", "town", "trouble",
    "tuesday", "turn", "type", "types", "usage", "use", "value", "version", "view", "village", "wall", "want",
    "water", "way", "weather", "web", "website", "wednesday", "week", "weekend", "weeks", "whatsapp", "whiteboard",
    "wi-fi", "wifi", "winter", "word", "words", "work", "world", "year", "years",
];

/// Numbers in words.
#[rustfmt::skip]
pub(super) const NUMBER_WORDS: &[&str] = &[
    "dozen", "eight", "eighteen", "eighty", "eleven", "fifteen", "fifty", "five", "forty", "four", "fourteen", "half",
    "hundred", "million", "nine", "nineteen", "ninety", "one", "seven", "seventeen", "seventy", "six", "sixteen",
    "sixty", "ten", "thirteen", "thirty", "thousand", "three", "twelve", "twenty", "twice", "two", "zero",
];

/// Nouns in -er and -or that are no people.
#[rustfmt::skip]
pub(super) const NOT_PERSONS: &[&str] = &[
    "accelerator", "actuator", "adapter", "alternator", "amplifier", "answer", "banner", "barometer", "barrier",
    "battery", "beamer", "blender", "blocker", "boiler", "border", "browser", "bucket", "burner", "button",
    "calculator", "calendar", "center", "charger", "checker", "colander", "color", "computer", "connector",
    "container", "converter", "conveyor", "cooler", "corner", "counter", "cover", "cracker", "cursor", "cutter",
    "dehumidifier", "detector", "dimmer", "dinner", "dishwasher", "drawer", "dryer", "elevator", "ember", "error",
    "escalator", "factor", "feeder", "fever", "filter", "finger", "flavor", "flour", "flower", "folder", "freezer",
    "generator", "grinder", "hammer", "hanger", "harvester", "heater", "helicopter", "holder", "humidifier",
    "indicator", "insulator", "interior", "inverter", "kettle", "ladder", "lawnmower", "layer", "letter", "lever",
    "lighter", "liquor", "loader", "locker", "lower", "manner", "marker", "matter", "meter", "mirror", "mixer",
    "monitor", "motor", "mower", "newsletter", "number", "offer", "opener", "order", "other", "oven", "paper",
    "peeler", "pepper", "planter", "pointer", "poster", "power", "printer", "processor", "projector", "propeller",
    "protector", "radiator", "reactor", "reader", "receiver", "recorder", "refrigerator", "register", "regulator",
    "reminder", "resistor", "river", "roaster", "roller", "rotor", "router", "rubber", "ruler", "sander", "scanner",
    "scooter", "screwdriver", "selector", "semester", "sensor", "separator", "server", "setter", "shaker", "shower",
    "shredder", "shutter", "silver", "simulator", "skewer", "slider", "speaker", "spider", "sprinkler", "stapler",
    "starter", "steamer", "sticker", "stirrer", "stopper", "summer", "supper", "sweater", "sweeper", "switcher",
    "thermometer", "toaster", "tower", "tracker", "tractor", "trailer", "transformer", "transistor", "transmitter",
    "trigger", "vaporizer", "ventilator", "vibrator", "voucher", "walker", "washer", "water", "weather", "winter",
    "wiper",
];

/// Whether a sorted list holds the word.
pub(super) fn has(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        for list in [VERBS, PERSONS, FUNCTION_WORDS, ADJECTIVES, NOT_ENTITIES, NOT_PERSONS, NUMBER_WORDS] {
            assert!(list.is_sorted());
        }
    }
}
