//! Whether a test speaks of what an acceptance criterion says.
//!
//! A test that creates and reads records passes for every requirement about such records. What it shows of a
//! criterion cannot be computed; what it certainly does not show can: a criterion whose words and numbers the test
//! never uses. So a test covers a criterion only when most of what is to be done and seen stands in the test, the
//! names of the kinds of records aside. The rule is meant to say "not shown" too often rather than too seldom, and
//! says so wherever idea and tests are written in different languages.

use std::collections::BTreeSet;

use crate::artifacts::Acceptance;

/// Share of a criterion's words that a test must use, percent.
pub const COVERED_PERCENT_MIN: usize = 60;
/// Words are compared by their first letters, endings aside: "lists" and "listed" are one, as are "reserves" and
/// "reservation".
const STEM_CHARS: usize = 5;
/// Endings of words, longest first, and how much must be left of one.
const ENDINGS: [&str; 5] = ["ing", "ed", "es", "s", "e"];
const STEM_CHARS_MIN: usize = 3;
/// Shorter words say little, unless they are numbers.
const WORD_CHARS_MIN: usize = 3;
/// Numbers as words, by their value.
const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];
/// Words that tell nothing of what is to be seen.
#[rustfmt::skip]
const COMMON: [&str; 60] = [
    "the", "and", "for", "with", "its", "are", "was", "were", "been", "being", "that", "this", "these", "those", "which",
    "any", "every", "each", "all", "must", "should", "shall", "will", "can", "could", "may", "have", "has", "had", "not",
    "nor", "then", "than", "when", "while", "they", "them", "their", "she", "her", "his", "who", "whom", "whose", "what",
    "there", "here", "into", "from", "out", "but", "also", "only", "both", "other", "same", "until", "again", "after", "before",
];

/// Words of a text, by their stems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words(BTreeSet<String>);

impl Words {
    /// Of prose or of code: names are taken apart at underscores and capitals.
    pub fn of(text: &str) -> Self {
        let mut words = BTreeSet::new();
        let mut word = String::new();
        let mut before = ' ';
        for c in text.chars().chain([' ']) {
            let breaks = !c.is_alphanumeric()
                || c.is_uppercase() && before.is_lowercase()
                || c.is_ascii_digit() != before.is_ascii_digit() && before.is_alphanumeric();
            if breaks && !word.is_empty() {
                words.extend(stem(&std::mem::take(&mut word)));
            }
            if c.is_alphanumeric() {
                word.extend(c.to_lowercase());
            }
            before = c;
        }
        Self(words)
    }

    fn without(mut self, others: &Self) -> Self {
        self.0.retain(|word| !others.0.contains(word));
        self
    }

    fn numbers(&self) -> impl Iterator<Item = &String> {
        self.0.iter().filter(|word| is_number(word))
    }
}

impl FromIterator<Words> for Words {
    fn from_iter<I: IntoIterator<Item = Self>>(all: I) -> Self {
        Self(all.into_iter().flat_map(|words| words.0).collect())
    }
}

fn is_number(word: &str) -> bool {
    word.bytes().all(|b| b.is_ascii_digit())
}

fn stem(word: &str) -> Option<String> {
    if let Some(number) = NUMBERS.iter().position(|known| *known == word) {
        return Some(number.to_string());
    }
    let counts = is_number(word) || word.chars().count() >= WORD_CHARS_MIN && !COMMON.contains(&word);
    let ending = ENDINGS.iter().find_map(|ending| {
        word.strip_suffix(ending).filter(|rest| !is_number(word) && rest.chars().count() >= STEM_CHARS_MIN)
    });
    let rest = ending.unwrap_or(word);
    let rest = rest.strip_suffix('e').filter(|rest| rest.chars().count() >= STEM_CHARS_MIN).unwrap_or(rest);
    counts.then(|| rest.chars().take(STEM_CHARS).collect())
}

/// Whether a test with these words covers the criterion: every number that is to be seen, and enough of the words of
/// what is done and seen. The names of kinds of records do not count, as every test of such records has them.
pub fn covers(criterion: &Acceptance, kinds: &Words, test: &Words) -> bool {
    let seen = Words::of(&criterion.then.text);
    let wanted: Words = [Words::of(&criterion.when.text), seen.clone()].into_iter().collect();
    let wanted = wanted.without(kinds);
    let said = wanted.0.iter().filter(|word| test.0.contains(*word)).count();
    let numbers = seen.numbers().all(|number| test.0.contains(number));
    numbers && !wanted.0.is_empty() && said * 100 >= wanted.0.len() * COVERED_PERCENT_MIN
}

/// Words of a test of a Python file by its full name, `tests.test_items.TestItems.test_create`: of what it does, what its
/// class's set-up does, and what the functions of its file do that it calls. What a test is called and what is said about
/// it in words does nothing. `None` when there is no such test.
pub fn test_words<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>, name: &str) -> Option<Words> {
    let name = dotted(name);
    files.into_iter().find_map(|(path, text)| {
        let module = path.strip_suffix(".py")?.replace('/', ".");
        let inner = inner_name(&module, &name)?;
        let functions = functions(text);
        let test = functions.iter().find(|function| function.name == inner)?;
        let class = inner.rsplit_once('.').map(|(class, _)| format!("{class}.setUp"));
        let used = |function: &&Function| {
            let last = function.name.rsplit('.').next().unwrap_or_default();
            Some(&function.name) == class.as_ref() || calls(&test.text, last)
        };
        let texts = functions.iter().filter(used).map(|function| &function.text).chain([&test.text]);
        Some(texts.map(|text| Words::of(&statements(text))).collect())
    })
}

/// A function without its head, its documentation and its comments.
fn statements(function: &str) -> String {
    let lines: Vec<&str> = function.lines().map(code).collect();
    let ends = |line: &&str| line.trim_end().ends_with(':') || line.contains("): ");
    let head = lines.iter().position(ends).unwrap_or(0);
    let inline = lines.get(head).and_then(|line| line.split_once("): ")).map_or("", |(_, rest)| rest);
    let body = lines.get(head + 1..).unwrap_or_default();
    let body = &body[documentation(body)..];
    format!("{inline}\n{}", body.join("\n"))
}

/// How many lines of a body are a text that stands alone at its beginning.
fn documentation(body: &[&str]) -> usize {
    let first = body.first().map_or("", |line| line.trim_start());
    let mark = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|mark| first.starts_with(mark));
    let Some(mark) = mark else { return 0 };
    if first[mark.len()..].contains(mark) || mark.len() == 1 {
        return 1;
    }
    let end = body.iter().skip(1).position(|line| line.contains(mark));
    end.map_or(body.len(), |end| end + 2)
}

/// A line without a comment: a `#` that no open quote holds.
fn code(line: &str) -> &str {
    let quotes = |text: &str| text.matches(['"', '\'']).count();
    let comment = line.match_indices('#').find(|(at, _)| quotes(&line[..*at]) % 2 == 0);
    comment.map_or(line, |(at, _)| &line[..at])
}

/// pytest's `tests/test_items.py::TestItems::test_create` is the same.
fn dotted(name: &str) -> String {
    name.replace(".py::", ".").replace("::", ".").replace('/', ".")
}

/// What follows the module in a full name, or in one that begins below the first folders.
fn inner_name(module: &str, name: &str) -> Option<String> {
    let starts = module.match_indices('.').map(|(at, _)| at + 1);
    let inner =
        std::iter::once(0).chain(starts).find_map(|at| name.strip_prefix(&module[at..])?.strip_prefix('.'));
    inner.map(str::to_owned)
}

fn calls(text: &str, function: &str) -> bool {
    let mut found = text.match_indices(function);
    found.any(|(at, _)| {
        let before = text[..at].chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '_');
        before && !text[..at].ends_with("def ") && text[at + function.len()..].starts_with('(')
    })
}

struct Function {
    /// `TestItems.test_create`, or the name alone.
    name: String,
    text: String,
}

/// Functions of a Python file and of its classes, each with its lines.
fn functions(text: &str) -> Vec<Function> {
    let mut class: Option<(usize, &str)> = None;
    let mut found: Vec<(usize, Function)> = Vec::new();
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let plain = line.trim_start();
        let indent = line.len() - plain.len();
        if plain.is_empty() {
            continue;
        }
        if open.is_some_and(|at| indent <= found[at].0) && !plain.starts_with(')') {
            open = None;
        }
        if class.is_some_and(|(at, _)| indent <= at) {
            class = None;
        }
        let head = plain.strip_prefix("async ").unwrap_or(plain);
        if let (None, Some(rest)) = (open, head.strip_prefix("class ")) {
            class = Some((indent, word(rest)));
        } else if let (None, Some(rest)) = (open, head.strip_prefix("def ")) {
            let own = word(rest);
            let name = class.map_or_else(|| own.to_owned(), |(_, class)| format!("{class}.{own}"));
            found.push((indent, Function { name, text: String::new() }));
            open = Some(found.len() - 1);
        }
        if let Some(at) = open {
            let text = &mut found[at].1.text;
            text.push_str(line);
            text.push('\n');
        }
    }
    found.into_iter().map(|(_, function)| function).collect()
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Text;

    const FILE: &str = r#"
class TestItems(Case):
    def setUp(self):
        self.owner = self.resident()

    def item(self, name):
        return self.send('POST', '/items', {'name': name})

    def test_create(self):
        made = self.item('Ladder')
        self.assertEqual(self.send('GET', made).status, 200)

    def test_a_late_item_is_charged(
        self,
    ):
        self.clock.move(days=8)
        late = self.give_back()
        self.assertEqual(late.charged("EUR"), 50)

    def test_an_overdue_reminder_is_sent(self):
        """A reminder goes to the borrower.

        On the day after."""
        # The mail is sent once.
        self.item('Ladder')

def test_alone():
    assert remind('overdue')
"#;

    fn words(name: &str) -> Option<Words> {
        test_words([("app/items.py", "def test_create(): pass"), ("tests/test_items.py", FILE)], name)
    }

    #[test]
    fn words_are_one_in_all_their_forms() {
        let check = |a: &str, b: &str, same: bool| assert_eq!(Words::of(a) == Words::of(b), same, "{a} {b}");
        check("listed", "lists", true);
        check("saved", "save", true);
        check("reservation", "reserves", true);
        check("seven days", "test_7_days", false);
        check("seven days", "7_days", true);
        check("checkOut", "check out", true);
        check("50.00 EUR", "50.01 EUR", false);
        check("the and of", "", true);
        check("list", "last", false);
    }

    #[test]
    fn a_test_is_found_with_what_it_calls() {
        let has = |name: &str, word: &str| words(name).unwrap().0.contains(word);
        assert!(has("tests.test_items.TestItems.test_create", "ladde"));
        assert!(has("test_items.TestItems.test_create", "post"), "by a helper of its file");
        assert!(has("tests/test_items.py::TestItems::test_create", "resid"), "by its set-up");
        assert!(!has("tests.test_items.TestItems.test_create", "clock"));
        assert!(has("tests.test_items.TestItems.test_a_late_item_is_charged", "50"));
        assert!(has("tests.test_items.test_alone", "overd"));
        for claimed in ["overd", "remin", "borro", "after", "mail", "sent"] {
            assert!(
                !has("tests.test_items.TestItems.test_an_overdue_reminder_is_sent", claimed),
                "{claimed}"
            );
        }
        assert!(has("tests.test_items.TestItems.test_an_overdue_reminder_is_sent", "ladde"));
        assert_eq!(words("tests.test_items.TestItems.test_delete"), None);
        assert_eq!(words("tests.test_items.test_create"), None);
    }

    #[test]
    fn a_test_covers_what_it_speaks_of() {
        let check = |when: &str, then: &str, test: &str, covered: bool| {
            let text = |text: &str| Text::model(text);
            let criterion = Acceptance { given: text("an item"), when: text(when), then: text(then) };
            let kinds = Words::of("item reservation");
            assert_eq!(covers(&criterion, &kinds, &words(test).unwrap()), covered, "{when} {then} {test}");
        };
        let (create, late) = (
            "tests.test_items.TestItems.test_create",
            "tests.test_items.TestItems.test_a_late_item_is_charged",
        );
        check("it comes back eight days late", "a fee of 50 EUR is charged", late, true);
        check("it comes back eight days late", "a fee of 60 EUR is charged", late, false);
        check("it comes back eight days late", "a fee of 50 EUR is charged", create, false);
        // The noun alone shows nothing.
        check("an item", "the item", create, false);
        check("its owner sends a ladder by name", "it is made", create, true);
        check("Leihfrist überschritten", "eine Mahnung", create, false);
    }
}
