//! Word lists of plain English: nothing here is about any particular idea.
//!
//! Lists are sorted, so that a word is found by halving.

/// Base verbs of everyday work: what people and systems do with things.
#[rustfmt::skip]
pub(crate) const VERBS: &[&str] = &[
    "abort", "accept", "access", "accumulate", "achieve", "acknowledge", "acquire", "activate", "add", "adjust",
    "advertise", "advise", "aggregate", "agree", "alert", "allocate", "allow", "analyse", "analyze", "announce",
    "answer", "apologise", "apologize", "appear", "append", "apply", "approve", "archive", "arrange", "arrive",
    "ask", "assemble", "assess", "assign", "attach", "attend", "audit", "authenticate", "authorise", "authorize",
    "automate", "avoid", "back", "bake", "balance", "beat", "become", "beep", "begin", "belong", "bend", "bid",
    "bill", "bind", "bite", "blame", "blink", "block", "boil", "book", "borrow", "bounce", "break", "breathe",
    "breed", "bring", "broadcast", "browse", "brush", "build", "burn", "buy", "cache", "calculate", "calibrate",
    "call", "cancel", "capture", "carry", "cast", "catch", "categorise", "categorize", "celebrate", "change",
    "charge", "chase", "chat", "check", "cheer", "choose", "claim", "clean", "click", "climb", "clone", "close",
    "coach", "collect", "collide", "comb", "combine", "come", "comment", "commission", "commit", "communicate",
    "commute", "compare", "compete", "compile", "complain", "complete", "compose", "compress", "compute",
    "concentrate", "configure", "confirm", "connect", "consent", "consult", "consume", "contact", "contain",
    "continue", "contribute", "control", "convert", "convince", "cook", "coordinate", "copy", "correct", "cough",
    "count", "cover", "crash", "crawl", "create", "cross", "customise", "customize", "cut", "cycle", "dance",
    "deactivate", "debug", "decide", "declare", "decline", "decode", "decompress", "decorate", "decrease",
    "decrypt", "deduct", "deduplicate", "define", "delete", "deliver", "depend", "deploy", "derive", "describe",
    "destroy", "detect", "determine", "diagnose", "dial", "differ", "dig", "digitise", "digitize", "dim",
    "disable", "disappear", "disconnect", "discover", "discuss", "dismiss", "dispatch", "display", "dispose",
    "distribute", "dive", "divide", "document", "donate", "doubt", "download", "draft", "drain", "draw", "drink",
    "drip", "drive", "drop", "dry", "dump", "duplicate", "earn", "eat", "edit", "eject", "eliminate", "email",
    "emit", "enable", "encode", "encourage", "encrypt", "end", "enforce", "enjoy", "enrich", "enrol", "enroll",
    "ensure", "enter", "erase", "estimate", "evaluate", "evict", "examine", "exchange", "exclude", "execute",
    "exist", "expand", "expect", "expire", "explain", "explore", "export", "expose", "express", "extend",
    "extract", "fade", "fail", "fall", "fasten", "feed", "fetch", "fight", "file", "fill", "film", "filter",
    "find", "finish", "fix", "flag", "flash", "flip", "float", "flow", "flush", "fly", "fold", "follow", "forbid",
    "forecast", "forget", "forward", "freeze", "fry", "gain", "gather", "generate", "get", "give", "glow", "go",
    "grade", "grant", "greet", "grill", "grind", "grip", "group", "grow", "guarantee", "guess", "guide", "halt",
    "hand", "handle", "hang", "happen", "harm", "harvest", "hash", "hear", "heat", "help", "hide", "highlight",
    "hire", "hit", "hold", "host", "hunt", "hurt", "identify", "ignore", "illustrate", "implement", "import",
    "improve", "include", "increase", "indicate", "infer", "influence", "inform", "inherit", "initialise",
    "initialize", "inject", "insert", "inspect", "inspire", "install", "instruct", "insure", "integrate",
    "interact", "interpret", "interrupt", "interview", "introduce", "invent", "invest", "investigate", "invite",
    "invoice", "invoke", "isolate", "issue", "iterate", "join", "judge", "jump", "justify", "keep", "kick",
    "kill", "knit", "knock", "know", "label", "last", "laugh", "launch", "lay", "lead", "leak", "learn", "leave",
    "lend", "let", "lie", "lift", "light", "like", "limit", "link", "list", "listen", "load", "localise",
    "locate", "lock", "log", "look", "lose", "maintain", "make", "manage", "mark", "match", "measure", "meet",
    "melt", "mend", "mention", "merge", "message", "migrate", "minimise", "mix", "moderate", "modify", "monitor",
    "motivate", "mount", "move", "multiply", "mute", "name", "narrate", "navigate", "need", "nominate",
    "normalise", "normalize", "note", "notice", "notify", "nudge", "number", "nurse", "obey", "obtain", "occupy",
    "occur", "offer", "open", "operate", "optimise", "optimize", "order", "organise", "organize", "outline",
    "overlap", "override", "overwrite", "owe", "own", "pack", "paint", "pair", "park", "parse", "pass", "pause",
    "pay", "peel", "perform", "permit", "persist", "persuade", "photograph", "pick", "pin", "place", "plan",
    "plant", "play", "plug", "poll", "post", "pour", "practise", "praise", "predict", "prefer", "prepare",
    "preserve", "press", "pretend", "prevent", "preview", "print", "prioritise", "prioritize", "proceed",
    "process", "produce", "programme", "promise", "promote", "prompt", "pronounce", "propose", "protect", "prove",
    "provide", "prune", "publish", "pull", "pump", "punish", "purchase", "purge", "pursue", "push", "put",
    "qualify", "query", "quit", "quote", "rain", "raise", "randomise", "randomize", "rate", "reach", "react",
    "read", "realise", "realize", "rebuild", "recall", "receive", "recharge", "recite", "recognise", "recognize",
    "recommend", "reconcile", "record", "recover", "recruit", "recycle", "redact", "redeem", "redirect", "reduce",
    "refer", "refill", "refresh", "refund", "refuse", "register", "regulate", "rehearse", "reject", "relate",
    "relax", "release", "rely", "remember", "remind", "remove", "rename", "render", "renew", "rent", "reopen",
    "reorder", "repair", "repeat", "replace", "reply", "report", "represent", "request", "reschedule", "resell",
    "reserve", "reset", "resist", "resize", "resolve", "respond", "restart", "restock", "restore", "restrict",
    "resume", "retrieve", "retry", "return", "reuse", "reveal", "reverse", "review", "revoke", "reward",
    "rewrite", "ride", "ring", "rinse", "rise", "roast", "roll", "rotate", "route", "rub", "run", "sail",
    "satisfy", "save", "say", "scan", "scare", "schedule", "scrape", "scream", "scroll", "seal", "search", "see",
    "seek", "seem", "select", "sell", "send", "sense", "separate", "serve", "set", "settle", "sew", "shake",
    "share", "shine", "ship", "shoot", "shorten", "shout", "show", "shuffle", "shut", "sign", "signal",
    "simulate", "sing", "sink", "sit", "sketch", "skim", "skip", "sleep", "slide", "slow", "smell", "smoke",
    "snap", "solve", "sort", "sow", "speak", "specify", "spell", "spend", "spin", "split", "sponsor", "spot",
    "spray", "squeeze", "stack", "stamp", "stand", "start", "stay", "steal", "steer", "stick", "stir", "stitch",
    "stop", "store", "stretch", "strike", "strip", "submit", "subscribe", "succeed", "suffer", "suggest", "suit",
    "summarise", "summarize", "supervise", "supply", "support", "surprise", "surround", "survive", "suspect",
    "suspend", "swap", "sweep", "swim", "swing", "swipe", "switch", "sync", "synchronise", "synchronize", "tag",
    "take", "talk", "tap", "taste", "teach", "tear", "tell", "tempt", "tend", "test", "think", "throw", "tick",
    "tie", "tighten", "toast", "toggle", "touch", "tow", "track", "trade", "train", "transcribe", "transfer",
    "transform", "translate", "transmit", "transport", "travel", "treat", "trigger", "trim", "trust", "try",
    "tune", "turn", "tweak", "twist", "type", "undo", "unify", "unlock", "unpack", "unsubscribe", "update",
    "upgrade", "upload", "upset", "use", "utilise", "validate", "vary", "verify", "veto", "vibrate", "view",
    "visit", "visualise", "visualize", "vote", "wait", "wake", "walk", "wander", "want", "warm", "warn", "wash",
    "waste", "watch", "water", "wear", "weave", "weigh", "weld", "whisper", "win", "wipe", "withdraw", "wonder",
    "work", "worry", "wrap", "write", "yell", "zip", "zoom",
];

/// Irregular forms and their base.
#[rustfmt::skip]
pub(crate) const IRREGULAR_VERBS: &[(&str, &str)] = &[
    ("ate", "eat"), ("began", "begin"), ("begun", "begin"), ("bent", "bend"), ("bitten", "bite"),
    ("bought", "buy"), ("broke", "break"), ("broken", "break"), ("brought", "bring"), ("built", "build"),
    ("burnt", "burn"), ("came", "come"), ("caught", "catch"), ("chose", "choose"), ("chosen", "choose"),
    ("drank", "drink"), ("drawn", "draw"), ("drew", "draw"), ("driven", "drive"), ("drove", "drive"),
    ("drunk", "drink"), ("dug", "dig"), ("eaten", "eat"), ("fallen", "fall"), ("fed", "feed"), ("fell", "fall"),
    ("fetched", "fetch"), ("flew", "fly"), ("flown", "fly"), ("forbidden", "forbid"), ("forgot", "forget"),
    ("forgotten", "forget"), ("fought", "fight"), ("found", "find"), ("froze", "freeze"), ("frozen", "freeze"),
    ("gave", "give"), ("given", "give"), ("gone", "go"), ("got", "get"), ("grew", "grow"), ("grown", "grow"),
    ("heard", "hear"), ("held", "hold"), ("hid", "hide"), ("hidden", "hide"), ("hung", "hang"), ("kept", "keep"),
    ("knew", "know"), ("known", "know"), ("laid", "lay"), ("led", "lead"), ("left", "leave"), ("lent", "lend"),
    ("lost", "lose"), ("made", "make"), ("met", "meet"), ("overridden", "override"), ("overwritten", "overwrite"),
    ("paid", "pay"), ("ran", "run"), ("rang", "ring"), ("rebuilt", "rebuild"), ("resold", "resell"),
    ("rewritten", "rewrite"), ("ridden", "ride"), ("risen", "rise"), ("rose", "rise"), ("rung", "ring"),
    ("said", "say"), ("sang", "sing"), ("sank", "sink"), ("sat", "sit"), ("saw", "see"), ("seen", "see"),
    ("sent", "send"), ("sewn", "sew"), ("shaken", "shake"), ("shone", "shine"), ("shown", "show"),
    ("slept", "sleep"), ("slid", "slide"), ("sold", "sell"), ("sought", "seek"), ("sown", "sow"),
    ("spent", "spend"), ("spoken", "speak"), ("spun", "spin"), ("stole", "steal"), ("stolen", "steal"),
    ("stood", "stand"), ("struck", "strike"), ("stuck", "stick"), ("sung", "sing"), ("sunk", "sink"),
    ("swam", "swim"), ("swept", "sweep"), ("swum", "swim"), ("swung", "swing"), ("taken", "take"),
    ("taught", "teach"), ("thought", "think"), ("threw", "throw"), ("thrown", "throw"), ("told", "tell"),
    ("took", "take"), ("tore", "tear"), ("torn", "tear"), ("undone", "undo"), ("went", "go"),
    ("withdrawn", "withdraw"), ("woke", "wake"), ("woken", "wake"), ("won", "win"), ("wore", "wear"),
    ("worn", "wear"), ("woven", "weave"), ("written", "write"), ("wrote", "write"),
];

/// Participles that the rules of spelling do not give.
#[rustfmt::skip]
pub(crate) const PARTICIPLES: &[(&str, &str)] = &[
    ("become", "become"), ("begin", "begun"), ("bend", "bent"), ("bid", "bid"), ("bind", "bound"),
    ("bite", "bitten"), ("break", "broken"), ("breed", "bred"), ("bring", "brought"), ("build", "built"),
    ("burn", "burnt"), ("buy", "bought"), ("cancel", "cancelled"), ("cast", "cast"), ("catch", "caught"),
    ("choose", "chosen"), ("come", "come"), ("commit", "committed"), ("control", "controlled"), ("cut", "cut"),
    ("dig", "dug"), ("draw", "drawn"), ("drink", "drunk"), ("drive", "driven"), ("eat", "eaten"),
    ("enrol", "enrolled"), ("fall", "fallen"), ("feed", "fed"), ("fight", "fought"), ("find", "found"),
    ("fly", "flown"), ("forbid", "forbidden"), ("forget", "forgotten"), ("freeze", "frozen"), ("get", "got"),
    ("give", "given"), ("go", "gone"), ("grind", "ground"), ("grow", "grown"), ("hang", "hung"),
    ("hear", "heard"), ("hide", "hidden"), ("hit", "hit"), ("hold", "held"), ("hurt", "hurt"), ("keep", "kept"),
    ("know", "known"), ("label", "labelled"), ("lay", "laid"), ("lead", "led"), ("leave", "left"),
    ("lend", "lent"), ("let", "let"), ("lose", "lost"), ("make", "made"), ("mean", "meant"), ("meet", "met"),
    ("override", "overridden"), ("overwrite", "overwritten"), ("pay", "paid"), ("prefer", "preferred"),
    ("put", "put"), ("quit", "quit"), ("read", "read"), ("rebuild", "rebuilt"), ("refer", "referred"),
    ("resell", "resold"), ("reset", "reset"), ("rewrite", "rewritten"), ("ride", "ridden"), ("ring", "rung"),
    ("rise", "risen"), ("run", "run"), ("say", "said"), ("see", "seen"), ("seek", "sought"), ("sell", "sold"),
    ("send", "sent"), ("set", "set"), ("sew", "sewn"), ("shake", "shaken"), ("shine", "shone"), ("shoot", "shot"),
    ("show", "shown"), ("shrink", "shrunk"), ("shut", "shut"), ("sing", "sung"), ("sink", "sunk"), ("sit", "sat"),
    ("sleep", "slept"), ("slide", "slid"), ("sow", "sown"), ("speak", "spoken"), ("spend", "spent"),
    ("spin", "spun"), ("split", "split"), ("stand", "stood"), ("steal", "stolen"), ("stick", "stuck"),
    ("strike", "struck"), ("submit", "submitted"), ("sweep", "swept"), ("swim", "swum"), ("swing", "swung"),
    ("take", "taken"), ("teach", "taught"), ("tear", "torn"), ("tell", "told"), ("think", "thought"),
    ("throw", "thrown"), ("transfer", "transferred"), ("transmit", "transmitted"), ("travel", "travelled"),
    ("undo", "undone"), ("upset", "upset"), ("wake", "woken"), ("wear", "worn"), ("weave", "woven"),
    ("win", "won"), ("withdraw", "withdrawn"), ("write", "written"),
];

/// Irregular plurals and words that only look like plurals.
#[rustfmt::skip]
pub(crate) const IRREGULAR_PLURALS: &[(&str, &str)] = &[
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
pub(crate) const PERSONS: &[&str] = &[
    "accountant", "actor", "admin", "administrator", "adopter", "adult", "adviser", "advisor", "agent", "analyst",
    "applicant", "apprentice", "architect", "artist", "assistant", "attendee", "attorney", "auditor", "aunt",
    "author", "baker", "barista", "beekeeper", "board", "bookkeeper", "boss", "brewer", "broker", "brother",
    "builder", "butcher", "buyer", "bystander", "caller", "candidate", "captain", "caregiver", "carer",
    "caretaker", "carpenter", "cashier", "chair", "chairman", "chairperson", "chairwoman", "chef", "child",
    "citizen", "cleaner", "clerk", "client", "coach", "colleague", "collector", "commissioner", "commuter",
    "concierge", "conductor", "consultant", "contractor", "contributor", "cook", "coordinator", "council",
    "counsellor", "courier", "coworker", "creator", "crew", "crewmate", "curator", "customer", "cyclist", "dad",
    "daddy", "dancer", "daughter", "dealer", "dentist", "department", "designer", "developer", "dietician",
    "director", "dispatcher", "doctor", "domain-expert", "donor", "driver", "editor", "educator", "elder",
    "elderly", "electrician", "employee", "employer", "engineer", "entrepreneur", "everyone", "examiner",
    "expert", "facilitator", "family", "farmer", "father", "fisherman", "florist", "foreman", "founder",
    "freelancer", "friend", "gamer", "gardener", "grandfather", "grandma", "grandmother", "grandparent", "grower",
    "guard", "guardian", "guest", "guide", "hairdresser", "handyman", "hiker", "homeowner", "host", "household",
    "housekeeper", "hunter", "husband", "imam", "inspector", "installer", "instructor", "intern", "interviewer",
    "investor", "janitor", "jogger", "journalist", "judge", "juror", "keeper", "kid", "landlady", "landlord",
    "lawyer", "leader", "learner", "lecturer", "librarian", "lifeguard", "maintainer", "maker", "man", "manager",
    "mason", "mate", "mayor", "mechanic", "mediator", "member", "mentor", "merchant", "midwife", "moderator",
    "mom", "mother", "moviegoer", "mum", "musician", "nanny", "neighbor", "neighbour", "nephew", "newcomer",
    "niece", "nurse", "nutritionist", "observer", "officer", "operator", "optician", "organiser", "organizer",
    "owner", "painter", "parent", "parishioner", "participant", "partner", "passenger", "passer-by", "patient",
    "pedestrian", "pensioner", "performer", "person", "pharmacist", "photographer", "physician",
    "physiotherapist", "picker", "pilot", "planner", "player", "playwright", "plumber", "poet", "police",
    "pollster", "porter", "postgraduate", "presenter", "priest", "principal", "producer", "professor",
    "programmer", "promoter", "proofreader", "provider", "publisher", "pupil", "purchaser", "rabbi", "reader",
    "receptionist", "recipient", "recruiter", "referee", "refugee", "renter", "reporter", "representative",
    "researcher", "resident", "retailer", "retiree", "reviewer", "rider", "roommate", "sailor", "salesman",
    "salesperson", "saleswoman", "scientist", "secretary", "seller", "senior", "servant", "sheriff", "shopkeeper",
    "shopper", "singer", "sister", "sitter", "skipper", "solicitor", "son", "speaker", "specialist", "sponsor",
    "spouse", "squad", "staff", "stakeholder", "steward", "streamer", "student", "subscriber", "superintendent",
    "supervisor", "supplier", "supporter", "surgeon", "surveyor", "swimmer", "tailor", "taxpayer", "teacher",
    "team", "technician", "teenager", "tenant", "tester", "therapist", "toddler", "tourist", "trader", "trainee",
    "trainer", "translator", "traveler", "traveller", "treasurer", "trustee", "tutor", "uncle", "undergraduate",
    "user", "vendor", "vet", "veterinarian", "viewer", "villager", "visitor", "volunteer", "voter", "waiter",
    "waitress", "warden", "watchmaker", "welder", "wife", "winemaker", "woman", "worker", "writer", "youth",
];

/// Places and bodies that act through their people: they count where they do something.
#[rustfmt::skip]
pub(crate) const BODIES: &[&str] = &[
    "accounting", "agency", "bakery", "bank", "bookshop", "brewery", "business", "cafe", "café", "charity",
    "church", "city", "clinic", "club", "college", "company", "cooperative", "dealership", "dorm", "factory",
    "farm", "festival", "finance", "firm", "gallery", "garage", "gym", "hospital", "hostel", "hotel", "hr",
    "kindergarten", "kitchen", "library", "management", "market", "marketing", "municipality", "museum", "ngo",
    "nursery", "office", "orchestra", "organisation", "organization", "parish", "pharmacy", "practice", "pub",
    "purchasing", "reception", "registry", "restaurant", "school", "shelter", "shop", "startup", "store",
    "studio", "supermarket", "surgery", "temple", "theater", "theatre", "university", "village", "warehouse",
    "winery", "workshop", "youth-club",
];

/// Words that end a noun phrase.
#[rustfmt::skip]
pub(crate) const FUNCTION_WORDS: &[&str] = &[
    "a", "about", "above", "across", "after", "afterwards", "again", "against", "all", "almost", "along",
    "already", "also", "although", "always", "am", "among", "an", "and", "another", "any", "anyway", "are",
    "aren't", "around", "as", "at", "be", "because", "been", "before", "behind", "being", "below", "beside",
    "between", "both", "btw", "but", "by", "can", "can't", "cannot", "cause", "could", "couldn't", "did",
    "didn't", "do", "does", "doesn't", "don't", "done", "down", "during", "e.g", "each", "either", "else", "etc",
    "even", "ever", "every", "everywhere", "for", "from", "get", "gets", "got", "had", "has", "have", "having",
    "he", "hence", "her", "here", "him", "his", "how", "however", "i", "i'd", "i'm", "i.e", "if", "in", "instead",
    "into", "is", "isn't", "it", "it'll", "it's", "its", "itself", "just", "let's", "like", "lol", "may", "maybe",
    "me", "might", "minus", "mostly", "must", "mustn't", "my", "myself", "near", "need", "needed", "needs",
    "neither", "never", "no", "none", "nor", "not", "now", "of", "off", "often", "ok", "okay", "on", "once",
    "one's", "only", "onto", "or", "other", "ought", "our", "out", "over", "per", "perhaps", "please", "plus",
    "ps", "shall", "she", "should", "shouldn't", "since", "so", "some", "sometimes", "somewhere", "soon", "still",
    "such", "than", "that", "that's", "the", "their", "them", "themselves", "then", "there", "there's",
    "therefore", "these", "they", "they're", "this", "those", "though", "through", "thus", "to", "today",
    "tomorrow", "too", "toward", "towards", "under", "unless", "until", "up", "us", "usually", "very", "via",
    "want", "wanted", "wants", "was", "wasn't", "we", "we'd", "we're", "were", "what", "whatever", "when",
    "whenever", "where", "wherever", "whether", "which", "while", "who", "whom", "whose", "why", "will", "with",
    "within", "without", "won't", "would", "wouldn't", "yesterday", "yet", "you", "your",
];

/// Adjectives and adverbs that say nothing about what a thing is.
#[rustfmt::skip]
pub(crate) const ADJECTIVES: &[&str] = &[
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
pub(crate) const NOT_ENTITIES: &[&str] = &[
    "access", "account-holder", "addition", "address", "addresses", "advance", "advantage", "afternoon", "air",
    "amount", "amounts", "answer", "answers", "anybody", "anyone", "anything", "api", "app", "application",
    "apps", "april", "area", "argument", "arguments", "attention", "august", "autumn", "average", "back",
    "backend", "basement", "basis", "battery", "beginning", "benefit", "bit", "blossom", "bluetooth", "bottom",
    "browser", "budget", "button", "calendar", "care", "case", "cases", "cash", "cellar", "chance", "change",
    "changes", "chaos", "city", "click", "cloud", "code", "column", "command", "commands", "comment", "comments",
    "computer", "contact", "control", "cost", "costs", "couch", "country", "course", "data", "database", "date",
    "dates", "day", "days", "deadline", "december", "demand", "detail", "details", "device", "devices",
    "difference", "dollar", "dollars", "door", "drama", "e-mail", "effect", "email", "end", "english", "error",
    "errors", "euro", "euros", "evening", "everybody", "everyone", "everything", "example", "excel", "exit",
    "experience", "eye", "eyes", "fact", "feature", "features", "february", "feedback", "fly", "fog", "friday",
    "front", "frontend", "frost", "fun", "function", "functions", "future", "gb", "general", "glance", "go",
    "goal", "goals", "half", "hallway", "hand", "hands", "head", "headquarters", "help", "hold", "home", "hour",
    "hours", "idea", "image", "images", "info", "information", "input", "internet", "january", "job-title",
    "joke", "jokes", "july", "june", "kb", "kind", "kinds", "language", "laptop", "later", "launch", "law",
    "life", "light", "line", "link", "list", "lists", "login", "longer", "lot", "lots", "love", "machine-room",
    "march", "mb", "middle", "mind", "minute", "minutes", "mistake", "mistakes", "moment", "monday", "money",
    "month", "months", "morning", "ms", "name", "names", "need", "needs", "neighborhood", "neighbourhood",
    "network", "night", "nobody", "noise", "noon", "note", "notebook", "notes", "nothing", "november", "number",
    "numbers", "october", "offer-free", "option", "options", "order-taking", "output", "overview", "own", "page",
    "pages", "paper", "part-time", "particular", "pass", "password", "past", "pc", "people", "percent",
    "percentage", "period", "phone", "phones", "photo", "photos", "picture", "pictures", "place", "placeholder",
    "places", "plan", "platform", "porch", "pound", "pounds", "power", "present", "price", "prices", "privacy",
    "problem", "problems", "process", "processes", "product", "project", "purpose", "quality", "question",
    "questions", "queue", "rain", "rate", "rather", "reach", "reason", "reasons", "region", "release", "rest",
    "result", "results", "risk", "risks", "room-temperature", "rule", "rules", "saturday", "screen", "script",
    "search", "season", "second", "seconds", "security", "september", "server", "set", "share", "shorter", "side",
    "sight", "signal", "site", "slack", "smartphone", "sms", "sofa", "software", "solution", "solutions",
    "somebody", "someone", "something", "sooner", "sort", "sound", "source", "spot", "spreadsheet",
    "spreadsheets", "spring", "stand", "start", "state", "status", "step", "steps", "stock", "street", "sum",
    "summer", "sun", "sunday", "sunlight", "support", "system", "table", "tables", "tablet", "telegram",
    "terminal", "text", "texts", "thing", "things", "thursday", "time", "times", "tool-kit", "top", "total",
    "touch", "town", "trouble", "tuesday", "turn", "type", "types", "usage", "use", "value", "version", "view",
    "village", "wall", "want", "water", "way", "weather", "web", "website", "wednesday", "week", "weekend",
    "weeks", "whatsapp", "whiteboard", "wi-fi", "wifi", "wind", "winter", "word", "words", "work", "world",
    "year", "years",
];

/// Numbers in words.
#[rustfmt::skip]
pub(crate) const NUMBER_WORDS: &[&str] = &[
    "dozen", "eight", "eighteen", "eighty", "eleven", "fifteen", "fifty", "five", "forty", "four", "fourteen", "half",
    "hundred", "million", "nine", "nineteen", "ninety", "one", "seven", "seventeen", "seventy", "six", "sixteen",
    "sixty", "ten", "thirteen", "thirty", "thousand", "three", "twelve", "twenty", "twice", "two", "zero",
];

/// Nouns in -er and -or that are no people.
#[rustfmt::skip]
pub(crate) const NOT_PERSONS: &[&str] = &[
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
pub(crate) fn has(list: &[&str], word: &str) -> bool {
    list.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lists_are_sorted() {
        for list in
            [VERBS, PERSONS, BODIES, FUNCTION_WORDS, ADJECTIVES, NOT_ENTITIES, NOT_PERSONS, NUMBER_WORDS]
        {
            assert!(list.is_sorted());
        }
    }
}
