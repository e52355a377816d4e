//! Names that are safe wherever they come to stand: table, column, module, path, type.
//!
//! A name from a document is data. What becomes code is `[a-z][a-z0-9_]*` alone, and no word of
//! Python or SQL.

use std::collections::BTreeSet;

/// Longest identifier made from a name, bytes; leaves room for prefixes and suffixes.
const MAX_LEN: usize = 48;

/// Python's keywords (3.13) in lower case, and names that a module would shadow badly.
const PYTHON_WORDS: &str = "
    and as assert async await break case class continue def del elif else except false finally for
    from global if import in is lambda match none nonlocal not or pass raise return self true try
    type while with yield
";

/// SQLite's keywords (<https://sqlite.org/lang_keywords.html>), the standard's that its peers reserve, and our table.
const SQL_WORDS: &str = "
    abort action add after all alter always analyze and any array as asc attach autoincrement before
    begin between both by cascade case cast check collate column commit conflict constraint create
    cross current current_date current_time current_timestamp current_user database default
    deferrable deferred delete desc detach distinct do drop each else end escape except exclude
    exclusive exists explain fail fetch filter first following for foreign from full generated glob
    grant group groups having if ignore immediate in index indexed initially inner insert instead
    intersect into is isnull join key last lateral leading left like limit localtime match
    materialized natural no not nothing notnull null nulls of offset on only or order others outer
    over partition plan pragma preceding primary query raise range recursive references regexp
    reindex release rename replace restrict returning right rollback row rowid rows savepoint
    schema_migrations select session_user set similar some table temp temporary then ties to
    trailing transaction trigger unbounded union unique update user using vacuum values view virtual
    when where window with without
";

/// `[a-z][a-z0-9_]*` made from any text; equal texts give equal identifiers.
pub(super) fn identifier(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        let next = if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' };
        if next != '_' || !(out.is_empty() || out.ends_with('_')) {
            out.push(next);
        }
    }
    out.truncate(MAX_LEN);
    let out = out.trim_end_matches('_');
    match out.chars().next() {
        Some('a'..='z') if !out.starts_with("sqlite_") => out.to_owned(),
        Some(_) => format!("x_{out}"),
        None => "unnamed".to_owned(),
    }
}

/// The identifier with `_` after it when it is a word of Python or SQL.
pub(super) fn unreserved(identifier: &str) -> String {
    let is_word = |words: &str| words.split_whitespace().any(|word| word == identifier);
    let reserved = is_word(PYTHON_WORDS) || is_word(SQL_WORDS);
    if reserved { format!("{identifier}_") } else { identifier.to_owned() }
}

/// The name, or with `2`, `3`, … after it when it is taken; takes it.
pub(super) fn unique(name: &str, taken: &mut BTreeSet<String>) -> String {
    let numbered =
        (2_u32..).map(|number| format!("{name}{}{number}", if name.ends_with('_') { "" } else { "_" }));
    let free = std::iter::once(name.to_owned()).chain(numbered).find(|candidate| !taken.contains(candidate));
    let free = free.unwrap_or_else(|| name.to_owned());
    taken.insert(free.clone());
    free
}

/// `work_order` → `WorkOrder`.
pub(super) fn pascal(identifier: &str) -> String {
    let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
    identifier.split('_').filter(|word| !word.is_empty()).map(capital).collect()
}

/// `work_order` or `work-orders` → `Work order(s)`, for people.
pub(super) fn label(identifier: &str) -> String {
    let words = identifier.replace(['_', '-'], " ");
    let mut letters = words.trim().chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_become_identifiers() {
        for (name, expected) in [
            ("work_order", "work_order"),
            ("Work  Order!", "work_order"),
            ("3d print", "x_3d_print"),
            ("", "unnamed"),
            ("Größe", "gr_e"),
            ("'; DROP TABLE x; --", "drop_table_x"),
            ("sqlite_master", "x_sqlite_master"),
            ("__init__", "init"),
        ] {
            assert_eq!(identifier(name), expected, "{name}");
        }
        assert_eq!(unreserved("order"), "order_");
        assert_eq!(unreserved("class"), "class_");
        assert_eq!(unreserved("visit"), "visit");
    }

    #[test]
    fn labels_read_as_english() {
        assert_eq!(label("work-orders"), "Work orders");
        assert_eq!(pascal("work_order_"), "WorkOrder");
    }

    proptest! {
        #[test]
        fn any_name_becomes_a_safe_one(name in "\\PC{0,80}") {
            let made = unreserved(&identifier(&name));
            let mut letters = made.chars();
            prop_assert!(letters.next().is_some_and(|c| c.is_ascii_lowercase()));
            prop_assert!(letters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
            prop_assert!(!SQL_WORDS.split_whitespace().any(|word| word == made));
            prop_assert_eq!(made, unreserved(&identifier(&name)));
        }
    }
}
