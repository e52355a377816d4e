//! Sequence diagrams: a column per actor, a row per message.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::svg::text;
use super::{Message, Sequence, wrap};

/// Distance between the lines of two actors.
const COLUMN: i64 = 180;
/// Width of an actor's box.
const ACTOR: i64 = 150;
/// Height of a line of text.
const LINE: i64 = 14;
/// Space around the picture.
const MARGIN: i64 = 14;
/// Font size of messages and of names.
const FONT: u64 = 12;
/// Longest text of one message, lines.
const LINES_MAX: usize = 3;

pub(super) fn draw(sequence: &Sequence) -> ((i64, i64), String) {
    let columns: BTreeMap<&str, i64> =
        (0..).zip(&sequence.actors).map(|(at, name)| (&**name, column(at))).collect();
    let heads: Vec<Vec<String>> =
        sequence.actors.iter().map(|name| wrap(name, FONT, (ACTOR - 12).unsigned_abs(), 2)).collect();
    let head = 18 + LINE * heads.iter().map(|lines| count(lines)).max().unwrap_or(1);
    let mut out = String::new();
    let mut y = MARGIN + head + 18;
    let mut messages = String::new();
    for message in &sequence.messages {
        if let (Some(from), Some(to)) = (columns.get(&*message.from), columns.get(&*message.to)) {
            y = draw_message(&mut messages, message, (*from, *to), y);
        }
    }
    for (at, lines) in (0..).zip(&heads) {
        draw_actor(&mut out, column(at), lines, head, y + 6);
    }
    out.push_str(&messages);
    let actors = i64::try_from(sequence.actors.len()).unwrap_or(0);
    let own = sequence.messages.iter().any(|message| message.from == message.to);
    let spare = if own { COLUMN / 2 } else { 0 };
    ((2 * MARGIN + ACTOR + COLUMN * (actors - 1).max(0) + spare, y + 6 + MARGIN), out)
}

fn column(at: i64) -> i64 {
    MARGIN + ACTOR / 2 + COLUMN * at
}

fn count(lines: &[String]) -> i64 {
    i64::try_from(lines.len()).unwrap_or(0)
}

fn draw_actor(out: &mut String, x: i64, lines: &[String], head: i64, bottom: i64) {
    let _ = write!(
        out,
        "<path class=\"life\" d=\"M{x} {}V{bottom}\" fill=\"none\" stroke=\"currentColor\" stroke-dasharray=\"3 4\"/>\
         <rect class=\"box n-component\" x=\"{}\" y=\"{MARGIN}\" width=\"{ACTOR}\" height=\"{head}\" rx=\"6\" \
         fill=\"none\" stroke=\"currentColor\"/>",
        MARGIN + head,
        x - ACTOR / 2,
    );
    let first = MARGIN + head / 2 - LINE * count(lines) / 2 + 11;
    for (line, words) in (0..).zip(lines) {
        text(out, (x, first + LINE * line), "name", FONT, "middle", words);
    }
}

/// Draws one message and returns where the next one may begin.
fn draw_message(out: &mut String, message: &Message, ends: (i64, i64), y: i64) -> i64 {
    let (from, to) = ends;
    let span = (to - from).abs().max(COLUMN) - 16;
    let lines = wrap(&message.text, FONT, span.unsigned_abs(), LINES_MAX);
    let line_y = y + LINE * count(&lines) + 4;
    let middle = if from == to { from + COLUMN / 2 } else { i64::midpoint(from, to) };
    for (line, words) in (1..).zip(&lines) {
        text(out, (middle, y + LINE * line - 3), "label", FONT, "middle", words);
    }
    if from == to {
        let _ = write!(
            out,
            "<path class=\"edge\" d=\"M{from} {line_y}h34v16h-28\" fill=\"none\" stroke=\"currentColor\"/>"
        );
        point(out, from, line_y + 16, 8);
        return line_y + 36;
    }
    let _ = write!(
        out,
        "<path class=\"edge\" d=\"M{from} {line_y}H{to}\" fill=\"none\" stroke=\"currentColor\"/>"
    );
    point(out, to, line_y, if to > from { -8 } else { 8 });
    line_y + 18
}

fn point(out: &mut String, x: i64, y: i64, back: i64) {
    let _ = write!(
        out,
        "<path class=\"head\" d=\"M{x} {y}L{} {}L{} {}Z\" fill=\"currentColor\"/>",
        x + back,
        y - 4,
        x + back,
        y + 4
    );
}
