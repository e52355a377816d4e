//! The functions that Step Functions adds to JSONata, and the built-in ones that must not reach for
//! a clock or for randomness of their own.

use std::cell::Cell;
use std::rc::Rc;

use jsonata_core::evaluator::{Evaluator, EvaluatorError};
use jsonata_core::value::JValue;
use sha2::Digest;

/// Most elements of `$range`, as of States.ArrayRange.
const MAX_RANGE: f64 = 1000.0;
/// Longest text that `$hash` takes, in characters, as of States.Hash.
const MAX_HASH_CHARS: usize = 10_000;

type Answer = Result<JValue, EvaluatorError>;

/// The functions registered by hand; an expression gets those that it names.
pub(crate) const NATIVES: &[&str] =
    &["partition", "range", "hash", "random", "uuid", "parse", "shuffle", "eval"];

/// True if `name` draws from the random source.
pub(crate) fn is_random(name: &str) -> bool {
    matches!(name, "random" | "uuid" | "shuffle")
}

/// Makes `names` callable; random ones draw from a stream that begins at `seed`.
pub(crate) fn register(
    evaluator: &mut Evaluator,
    names: &[&'static str],
    seed: u64,
) -> Result<(), EvaluatorError> {
    let stream = Stream(Rc::new(Cell::new(seed)));
    for name in names {
        let stream = stream.clone();
        match *name {
            "partition" => evaluator.register_fn(*name, partition)?,
            "range" => evaluator.register_fn(*name, range)?,
            "hash" => evaluator.register_fn(*name, hash)?,
            "parse" => evaluator.register_fn(*name, parse)?,
            "uuid" => evaluator.register_fn(*name, move |_: &[JValue]| Ok(JValue::from(uuid(&stream))))?,
            "random" => evaluator.register_fn_override(*name, move |a: &[JValue]| random(a, &stream))?,
            "shuffle" => evaluator.register_fn_override(*name, move |a: &[JValue]| shuffle(a, &stream))?,
            _ => evaluator.register_fn_override(*name, |_: &[JValue]| {
                refuse("D3120: the function $eval is not supported; use $parse to read JSON")
            })?,
        }
    }
    Ok(())
}

/// Uniform numbers from one seed (SplitMix64), so that one drawn number serves a whole evaluation.
#[derive(Clone)]
struct Stream(Rc<Cell<u64>>);

impl Stream {
    fn next(&self) -> u64 {
        let state = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&self, bound: usize) -> usize {
        ((u128::from(self.next()) * bound as u128) >> 64) as usize
    }
}

/// A fraction in [0, 1) from 53 bits.
pub(crate) fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1u64 << 53) as f64
}

fn refuse(message: impl Into<String>) -> Answer {
    Err(EvaluatorError::EvaluationError(message.into()))
}

/// `$partition(array, size)`: plain arrays, so that a single part is not unwrapped.
fn partition(args: &[JValue]) -> Answer {
    let [list, size] = args else {
        return refuse("T0410: the function $partition expects an array and a size");
    };
    if list.is_undefined() {
        return Ok(JValue::Undefined);
    }
    let size = match size.as_f64().map(f64::round) {
        Some(size) if size >= 1.0 => size as usize,
        _ => return refuse("T0410: argument 2 of function $partition must be a positive number"),
    };
    let items = match list.as_array() {
        Some(items) => items.clone(),
        None => vec![list.clone()],
    };
    Ok(JValue::array(items.chunks(size).map(|part| JValue::array(part.to_vec())).collect()))
}

/// `$range(first, last, step)`: a sequence, so that a single number stands for itself.
fn range(args: &[JValue]) -> Answer {
    let numbers: Vec<f64> = args.iter().filter_map(JValue::as_f64).map(f64::round).collect();
    let &[first, last, step] = numbers.as_slice() else {
        return refuse("T0410: the function $range expects three numbers");
    };
    if args.len() != 3 || step == 0.0 {
        return refuse("T0410: argument 3 of function $range must not be zero");
    }
    let count = ((last - first) / step).floor() + 1.0;
    if count > MAX_RANGE {
        return refuse(format!("D3137: the function $range yields at most {MAX_RANGE} elements"));
    }
    let count = count.max(0.0) as usize;
    Ok(JValue::sequence((0..count).map(|i| JValue::from_f64(first + step * i as f64)).collect()))
}

/// `$hash(text, algorithm)`, in lower-case hex.
fn hash(args: &[JValue]) -> Answer {
    let (text, algorithm) = match args {
        [text, _] if text.is_undefined() => return Ok(JValue::Undefined),
        [text, algorithm] => (text.as_str(), algorithm.as_str()),
        _ => (None, None),
    };
    let (Some(text), Some(algorithm)) = (text, algorithm) else {
        return refuse("T0410: the function $hash expects a string and the name of an algorithm");
    };
    if text.chars().count() > MAX_HASH_CHARS {
        return refuse(format!("D3137: the function $hash takes at most {MAX_HASH_CHARS} characters"));
    }
    let digest = match algorithm {
        "MD5" => hex::encode(md5::Md5::digest(text)),
        "SHA-1" => hex::encode(sha1::Sha1::digest(text)),
        "SHA-256" => hex::encode(sha2::Sha256::digest(text)),
        "SHA-384" => hex::encode(sha2::Sha384::digest(text)),
        "SHA-512" => hex::encode(sha2::Sha512::digest(text)),
        _ => return refuse(format!("D3137: the function $hash does not know the algorithm {algorithm}")),
    };
    Ok(JValue::from(digest))
}

/// `$parse(text)`: the value that a JSON text stands for.
fn parse(args: &[JValue]) -> Answer {
    match args {
        [text] if text.is_undefined() => Ok(JValue::Undefined),
        [text] => match text.as_str().map(JValue::from_json_str) {
            Some(Ok(value)) => Ok(value),
            Some(Err(why)) => refuse(format!("D3121: the function $parse was given malformed JSON: {why}")),
            None => refuse("T0410: argument 1 of function $parse must be a string"),
        },
        _ => refuse("T0410: the function $parse expects one string"),
    }
}

/// `$random()` in [0, 1); with a seed always the same number, as java.util.Random gives it.
fn random(args: &[JValue], stream: &Stream) -> Answer {
    match args {
        [] => Ok(JValue::from_f64(unit(stream.next()))),
        [seed] => match seed.as_f64() {
            Some(seed) if seed.is_finite() => Ok(JValue::from_f64(java_random(seed as i64))),
            _ => refuse("T0410: argument 1 of function $random must be a number"),
        },
        _ => refuse("T0410: the function $random expects at most one number"),
    }
}

/// The first `nextDouble` of a 48-bit linear congruential generator with Java's constants.
fn java_random(seed: i64) -> f64 {
    const FACTOR: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;
    let first = (((seed as u64) ^ FACTOR) & MASK).wrapping_mul(FACTOR).wrapping_add(11) & MASK;
    let second = first.wrapping_mul(FACTOR).wrapping_add(11) & MASK;
    (((first >> 22) << 27) + (second >> 21)) as f64 / (1u64 << 53) as f64
}

fn uuid(stream: &Stream) -> String {
    let high = (stream.next() & !0xF000) | 0x4000;
    let low = (stream.next() & !(0b11 << 62)) | (0b10 << 62);
    format!(
        "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xFFFF,
        high & 0xFFFF,
        low >> 48,
        low & 0xFFFF_FFFF_FFFF
    )
}

fn shuffle(args: &[JValue], stream: &Stream) -> Answer {
    let Some(items) = args.first().filter(|list| !list.is_undefined()) else {
        return Ok(JValue::Undefined);
    };
    let mut items = items.as_array().cloned().unwrap_or_else(|| vec![items.clone()]);
    for last in (1..items.len()).rev() {
        items.swap(last, stream.below(last + 1));
    }
    Ok(JValue::array(items))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evaluate(expression: &str) -> Result<String, String> {
        let mut evaluator = Evaluator::new();
        register(&mut evaluator, NATIVES, 7).map_err(|e| e.message().to_owned())?;
        let ast = jsonata_core::parser::parse(expression).map_err(|e| e.display_message())?;
        let value = evaluator.evaluate(&ast, &JValue::Undefined).map_err(|e| e.message().to_owned())?;
        if value.is_undefined() { Ok("undefined".into()) } else { Ok(value.to_json_string().unwrap()) }
    }

    #[test]
    fn the_added_functions_answer_as_the_service_does() {
        let table = [
            ("$partition([1,2,3], 2)", "[[1,2],[3]]"),
            ("$partition([0], 4)", "[[0]]"),
            ("$partition(5, 2)", "[[5]]"),
            ("$range(0, 10, 3)", "[0,3,6,9]"),
            ("$range(1, 9, 9)", "1"),
            ("$range(5, 1, -2)", "[5,3,1]"),
            ("[$range(1, 9, 9)]", "[1]"),
            ("$range(2, 1, 1)", "undefined"),
            ("$hash('abc', 'MD5')", "\"900150983cd24fb0d6963f7d28e17f72\""),
            ("$hash('abc', 'SHA-1')", "\"a9993e364706816aba3e25717850c26c9cd0d89d\""),
            ("$hash('', 'SHA-256')", "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""),
            ("$parse('{\"a\":[1,null]}')", "{\"a\":[1,null]}"),
            ("$parse($none)", "undefined"),
            ("$random(0)", "0.730967787376657"),
            ("$random(42) = $random(42)", "true"),
            ("$length($uuid())", "36"),
            (
                "$contains($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)",
                "true",
            ),
            ("$random() != $random()", "true"),
            ("$sum($shuffle([1..9]))", "45"),
        ];
        for (expression, expected) in table {
            assert_eq!(evaluate(expression).as_deref(), Ok(expected), "{expression}");
        }
    }

    #[test]
    fn wrong_arguments_are_errors_not_guesses() {
        for expression in [
            "$eval('1')",
            "$partition([1], 0)",
            "$range(0, 5000, 1)",
            "$range(0, 5, 0)",
            "$range(0, 5)",
            "$hash('a', 'CRC')",
            "$hash(1, 'MD5')",
            "$parse('{')",
            "$parse(1)",
            "$random('x')",
        ] {
            assert!(evaluate(expression).is_err(), "{expression}");
        }
    }
}
