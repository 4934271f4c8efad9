//! From pieces to lines.

use super::piece::Piece;

/// Columns of a line, if it can be broken.
const WIDTH: usize = 100;

/// Columns of a step.
const STEP: usize = 4;

/// The text of a layout.
pub(super) fn print(pieces: &[Piece<'_>]) -> String {
    let mut printer = Printer {
        out: String::new(),
        column: 0,
        depth: 0,
        line_depth: 0,
        gap: Gap::None,
        must_break: false,
        broken: Vec::new(),
    };
    let groups = measure(pieces);
    for (index, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Open => {
                let tail = || tail(pieces, groups[index].end);
                let broken = groups[index].hard || {
                    let start = printer.column + usize::from(printer.gap == Gap::Space);
                    start + groups[index].width + tail() > WIDTH
                };
                printer.broken.push(broken);
            }
            _ => printer.piece(piece),
        }
    }
    if !printer.out.is_empty() {
        printer.out.push('\n');
    }
    printer.out
}

/// What stands between the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    None,
    Space,
    Line,
    Empty,
}

struct Printer {
    out: String,
    column: usize,
    depth: usize,
    /// The depth where the line that comes next was asked for.
    line_depth: usize,
    gap: Gap,
    must_break: bool,
    /// Whether each group around is broken.
    broken: Vec<bool>,
}

impl Printer {
    fn piece(&mut self, piece: &Piece<'_>) {
        let broken = self.broken.last() == Some(&true);
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::IfBroken(text) if broken => self.text(text),
            Piece::Space => self.wants(Gap::Space),
            Piece::Line => self.wants(Gap::Line),
            Piece::Empty => self.wants(Gap::Empty),
            Piece::Break => self.must_break = true,
            Piece::Soft | Piece::SoftSpace if broken => self.wants(Gap::Line),
            Piece::SoftSpace => self.wants(Gap::Space),
            Piece::Indent => self.depth += 1,
            Piece::Dedent => self.depth = self.depth.saturating_sub(1),
            Piece::Close => {
                self.broken.pop();
            }
            Piece::Open | Piece::Soft | Piece::IfBroken(_) => {}
        }
    }

    fn wants(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
        if gap >= Gap::Line {
            self.line_depth = self.depth;
        }
    }

    fn text(&mut self, text: &str) {
        let mut depth = self.line_depth;
        if self.must_break && self.gap < Gap::Line {
            self.gap = Gap::Line;
            depth = self.depth + 1;
        }
        self.must_break = false;
        match self.gap {
            _ if self.out.is_empty() => {}
            Gap::None => {}
            Gap::Space => {
                self.out.push(' ');
                self.column += 1;
            }
            Gap::Line | Gap::Empty => {
                self.out.push_str(match self.gap {
                    Gap::Empty => "\n\n",
                    _ => "\n",
                });
                self.column = depth * STEP;
                self.out.extend(std::iter::repeat_n(' ', self.column));
            }
        }
        self.gap = Gap::None;
        self.out.push_str(text);
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }
}

/// What is known of a group before it is printed.
#[derive(Debug, Clone, Copy, Default)]
struct Group {
    /// Columns of it on one line.
    width: usize,
    /// Whether it is on several lines anyway.
    hard: bool,
    /// The index after it.
    end: usize,
}

/// The groups, at the indices of their begins.
fn measure(pieces: &[Piece<'_>]) -> Vec<Group> {
    let mut groups = vec![Group::default(); pieces.len()];
    let mut open = Vec::new();
    let (mut width, mut hard) = (0, 0_usize);
    for (index, piece) in pieces.iter().enumerate() {
        width += piece.width();
        hard += usize::from(piece.is_hard());
        match piece {
            Piece::Open => open.push((index, width, hard)),
            Piece::Close => {
                if let Some((start, before, hard_before)) = open.pop() {
                    groups[start] = Group {
                        width: width - before,
                        hard: hard > hard_before,
                        end: index + 1,
                    };
                }
            }
            _ => {}
        }
    }
    groups
}

/// Columns of what follows a group on its last line.
fn tail(pieces: &[Piece<'_>], end: usize) -> usize {
    let mut width = 0;
    for piece in pieces.get(end..).unwrap_or_default() {
        let ends = piece.is_hard() || matches!(piece, Piece::Soft | Piece::SoftSpace);
        if ends || width > WIDTH {
            break;
        }
        width += piece.width();
    }
    width
}
