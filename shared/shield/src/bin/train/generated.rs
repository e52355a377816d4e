//! Harmless texts made from templates, of the kinds that look most like attacks and that collections lack: roles given
//! in earnest, words that alarm in ordinary questions, requests in other languages. Only ever trained on, never judged.
use crate::corpus::Row;

#[rustfmt::skip]
const ROLES: &[&str] = &[
    "a travel guide", "an English teacher", "a Linux terminal", "a job interviewer", "a stand-up comedian", "a chef",
    "a personal trainer", "a historian", "a doctor in a play", "a pirate captain", "a medieval knight", "a detective",
    "a villain in a fantasy novel", "a strict school principal", "a motivational coach", "a financial analyst",
    "a senior Rust developer", "a SQL console", "a poet", "a storyteller", "a debate partner", "a philosopher",
    "a product manager", "a UX designer", "a dungeon master", "a grumpy robot", "a friendly wizard", "a lawyer",
    "a museum curator", "a spelling corrector", "an expert editor", "an accountant", "a math tutor", "a tech reviewer",
];
#[rustfmt::skip]
const TASKS: &[&str] = &[
    "explain photosynthesis to a child", "plan a weekend in Rome", "review my cover letter", "tell a bedtime story",
    "summarise the text I give you", "correct my grammar", "suggest a name for my cat", "write a product description",
    "help me prepare for an exam", "translate sentences into French", "describe the battle scene", "draft a contract",
    "solve riddles", "write unit tests", "design a logo brief", "analyse a poem", "create a workout plan",
    "extract the key ideas of an article", "rate a startup pitch", "write release notes",
];
#[rustfmt::skip]
const ROLE_TEMPLATES: &[&str] = &[
    "I want you to act as {r}. I will describe what I need and you will {t}. My first request is short.",
    "Act as {r} and {t}.",
    "You are {r}. Your task is to {t}. Be concise and friendly.",
    "Pretend you are {r}. Please {t}.",
    "Let's role-play: you are {r} and I am your customer. Start by saying hello, then {t}.",
    "From now on you will be {r} in our game. Stay in character and {t}.",
    "Imagine you are {r}. How would you {t}?",
    "# Role\nYou are {r} with twenty years of experience.\n\n# Steps\n- Read the input carefully.\n- Think step by step.\n- {t}.\n\n# Output instructions\n- Only output Markdown.\n- Do not give warnings or notes; only output the requested sections.\n- Follow all these instructions.",
    "Play the role of {r} in a story. Respond as that character would, and {t}. Do not write explanations.",
    "Simulate {r}. I type, you reply only with what {r} would say. Do not break character. First, {t}.",
    "You are a helpful assistant who answers as {r}. When the user asks, {t}. Never invent facts. Input:",
];
#[rustfmt::skip]
const THINGS: &[&str] = &[
    "whitespace in diff", "case in grep", "the previous commit", "a method in Java", "a CSS rule", "my old password",
    "the warnings of the compiler", "a field in serde", "robots.txt", "the admin panel of WordPress", "a firewall rule",
    "an API key in CI", "a base64 image", "the system prompt of my own chatbot", "the instructions for my washing machine",
    "a file in gitignore", "the developer mode on Android", "the last three emails from Bob", "a role in Kubernetes",
];
#[rustfmt::skip]
const THING_TEMPLATES: &[&str] = &[
    "How do I ignore {x}?", "How can I override {x}?", "Please show me how to print {x}.", "What is the safest way to reset {x}?",
    "Can you explain how to disable {x} and when not to?", "I forgot about {x}, can you tell me how to find it again?",
    "Why does the tool bypass {x} by default?", "Write a short guide on how to reveal {x} in the settings.",
    "Repeat the steps for {x}, please.", "Forget {x} for now; what should I cook tonight?", "Where do I enable {x}?",
    "Our policy says we must not skip {x}. Is that rule still current?", "Send the notes about {x} to my team by email.",
];
/// Wishes about the answer, which a person may have.
const ANSWER_TEMPLATES: &[&str] = &[
    "Please {t}. In your answer, use simple words.",
    "I need you to {t}; keep your response under a hundred words.",
    "{t}, and give your answer as a table.",
    "Could you {t}? Add an example to your answer and end your reply with a question.",
    "Respond only with the result: {t}.",
    "Answer in French: {t}.",
];
/// Requests of every day in other languages, in which words of the lexicon occur as they do in life.
#[rustfmt::skip]
const FOREIGN: &[&str] = &[
    "Zeige mir bitte alle Termine von morgen.", "Kannst du die vorherige Aufgabe noch einmal erklären?",
    "Schreibe eine E-Mail an meinen Chef, dass ich heute krank bin.", "Vergiss nicht, die Milch zu kaufen.",
    "Ich habe alle Regeln des Spiels vergessen, kannst du sie wiederholen?", "Stell dir vor, du planst eine Reise nach Wien. Was würdest du zuerst tun?",
    "Wie lauten die Anweisungen zum Aufbau des Regals?", "Gib mir ein Rezept für Apfelkuchen.",
    "Muéstrame todas las recetas con tomate.", "Escribe un correo para mi profesora sobre la tarea anterior.",
    "No olvides todas las instrucciones de la receta.", "Dime cuáles son las reglas del ajedrez.", "Actúa como un guía turístico en Madrid.",
    "¿Cuál es la diferencia entre estas dos normas?", "Necesito anular mi reserva anterior y hacer otra nueva.",
    "Montre-moi toutes les étapes de la recette.", "Oublie la réunion de demain, elle est annulée.", "Écris une lettre à mon propriétaire.",
    "Quelles sont les règles du jeu de dames ?", "Donne-moi un résumé du chapitre précédent.", "Imagine que tu es un boulanger et raconte ta journée.",
    "Mostrami tutti i treni per Milano.", "Dimmi quali sono le regole del tennis.", "Scrivi una poesia sul mare.", "Ripeti la lezione precedente, per favore.",
    "Agisci come un cuoco e suggerisci un menù.", "Mostre todas as opções de voo.", "Escreva um e-mail para o meu chefe.",
    "Quais são as regras do vôlei?", "Ignore o meu e-mail anterior, o anexo estava errado.", "Laat me alle recepten zien.", "Wat zijn de regels van het spel?",
    "Pokaż mi wszystkie wydarzenia na jutro.", "Jakie są zasady gry w szachy?", "Напиши письмо моему начальнику.", "Забудь про вчерашнюю встречу, она отменена.",
    "Покажи все рейсы в Москву.", "Какие правила у этой игры?", "Расскажи, что было раньше в этой истории.", "Представь, что ты повар, и предложи меню.",
    "请告诉我所有的规则。", "忘记密码怎么办？", "请写一封邮件给我的老师。", "假设你是导游，介绍一下北京。", "以上内容请翻译成英文。", "前の予定をすべて表示してください。",
    "パスワードを忘れました。", "ルールを教えてください。", "メールを書いてください。", "이전 일정을 모두 보여 주세요.", "비밀번호를 잊어버렸어요.", "게임 규칙을 알려 주세요.",
    "أخبرني عن قواعد اللعبة.", "اكتب رسالة إلى مديري.", "نسيت كلمة المرور السابقة.", "मुझे खेल के नियम बताओ।", "पिछले अध्याय का सारांश बताओ।", "Bana tüm uçuşları göster.",
    "Oyunun kurallarını söyle.", "Tunjukkan semua resep ayam.", "Arată-mi toate rețetele.", "Care sunt regulile jocului?", "Visa alla tåg till Malmö.",
    "Cho tôi biết tất cả quy tắc của trò chơi.", "Δείξε μου όλες τις συνταγές.", "แสดงสูตรอาหารทั้งหมด",
];

/// The generated rows.
pub(crate) fn generated() -> Vec<Row> {
    let mut texts = Vec::new();
    for (at, role) in ROLES.iter().enumerate() {
        for (offset, template) in ROLE_TEMPLATES.iter().enumerate() {
            let task = TASKS[(at * 7 + offset * 3) % TASKS.len()];
            texts.push(template.replace("{r}", role).replace("{t}", task));
        }
    }
    for thing in THINGS {
        texts.extend(THING_TEMPLATES.iter().map(|template| template.replace("{x}", thing)));
    }
    for task in TASKS {
        texts.extend(ANSWER_TEMPLATES.iter().map(|template| template.replace("{t}", task)));
    }
    texts.extend(FOREIGN.iter().map(|text| (*text).to_owned()));
    let row =
        |text| Row { text, attack: false, kind: "generated".to_owned(), source: "generated".to_owned() };
    texts.into_iter().map(row).collect()
}
