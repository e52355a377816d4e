//! On which line each value of a definition stands, so that problems can name it.

use std::collections::HashMap;

/// Line of every value, by JSON pointer.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    by_pointer: HashMap<String, usize>,
    /// Pointers of members that an earlier member of the same name hides.
    pub(crate) duplicates: Vec<String>,
}

impl Lines {
    /// Scans `text`, which must be well-formed JSON.
    pub(crate) fn of(text: &str) -> Lines {
        let mut scan = Scan { bytes: text.as_bytes(), at: 0, line: 1, lines: Lines::default() };
        scan.value(String::new());
        scan.lines
    }

    /// Line of the value at `pointer`, or of the nearest value around it.
    pub(crate) fn line(&self, pointer: &str) -> usize {
        let mut pointer = pointer;
        loop {
            if let Some(line) = self.by_pointer.get(pointer) {
                return *line;
            }
            match pointer.rfind('/') {
                Some(end) => pointer = &pointer[..end],
                None => return 1,
            }
        }
    }
}

struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
    line: usize,
    lines: Lines,
}

impl Scan<'_> {
    fn value(&mut self, pointer: String) {
        let next = self.skip_space();
        self.note(&pointer);
        match next {
            Some(b'{') => self.object(&pointer),
            Some(b'[') => self.array(&pointer),
            Some(b'"') => {
                self.string();
            }
            _ => self.scalar(),
        }
    }

    /// The line of a member is that of its name, so it is noted before its value is reached.
    fn note(&mut self, pointer: &str) {
        let line = self.line;
        self.lines.by_pointer.entry(pointer.to_owned()).or_insert(line);
    }

    fn object(&mut self, pointer: &str) {
        self.at += 1;
        while self.skip_space() == Some(b'"') {
            let line = self.line;
            let name = self.string();
            let member = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
            if self.lines.by_pointer.insert(member.clone(), line).is_some() {
                self.lines.duplicates.push(member.clone());
            }
            self.skip_space();
            self.at += 1;
            self.value(member);
            if self.skip_space() == Some(b',') {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    fn array(&mut self, pointer: &str) {
        self.at += 1;
        let mut index = 0;
        while !matches!(self.skip_space(), Some(b']') | None) {
            self.value(format!("{pointer}/{index}"));
            index += 1;
            if self.skip_space() == Some(b',') {
                self.at += 1;
            }
        }
        self.at += 1;
    }

    fn string(&mut self) -> String {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.bytes.get(self.at) {
            self.at += if *byte == b'\\' { 2 } else { 1 };
            if *byte == b'"' {
                break;
            }
        }
        let end = self.at.min(self.bytes.len());
        serde_json::from_slice(&self.bytes[start..end]).unwrap_or_default()
    }

    fn scalar(&mut self) {
        while self.bytes.get(self.at).is_some_and(|byte| !b",]} \t\r\n".contains(byte)) {
            self.at += 1;
        }
    }

    fn skip_space(&mut self) -> Option<u8> {
        while let Some(byte) = self.bytes.get(self.at) {
            match byte {
                b'\n' => self.line += 1,
                b' ' | b'\t' | b'\r' => {}
                other => return Some(*other),
            }
            self.at += 1;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_the_line_of_its_name() {
        let lines = Lines::of("{\n \"a\": [\n  1,\n  {\"b\\\"/\": \"x\\\\\"}],\n \"c\": 2}");
        for (pointer, line) in [("", 1), ("/a", 2), ("/a/0", 3), ("/a/1", 4), ("/a/1/b\"~1", 4), ("/c", 5)] {
            assert_eq!(lines.line(pointer), line, "{pointer}");
        }
        assert_eq!(lines.line("/a/1/none"), 4, "what is missing is missed where it should be");
    }

    #[test]
    fn a_name_given_twice_is_noticed() {
        assert_eq!(Lines::of("{\"a\": 1, \"b\": {\"a\": 1}, \"a\": 2}").duplicates, ["/a"]);
    }
}
