//! One block of the idea: what its markup says that it is.

use super::span::Span;

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading and its level, 1 for the title.
    Heading(usize),
    /// Running text.
    Paragraph,
    /// One item of a list.
    Item,
    /// Code and tables: kept, not read.
    Code,
}

/// A block of the idea.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Where it stands, without its markup.
    pub span: Span,
    /// Words of the heading it stands under, lower case; empty for none.
    pub section: String,
}
