//! Pages: no list is read whole.

/// The most records that one page holds.
pub const PAGE_MAX: u32 = 1000;

/// Which part of a list to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where the page before ended: its [`List::next`]; none starts at the beginning.
    pub after: Option<String>,
    /// How many records at most; counted as 1 to [`PAGE_MAX`].
    pub limit: u32,
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq)]
pub struct List<T> {
    /// The records.
    pub items: Vec<T>,
    /// What to give as [`Page::after`] to read on; none when this is the end.
    pub next: Option<String>,
}

impl Default for Page {
    /// The first hundred.
    fn default() -> Self {
        Self { after: None, limit: 100 }
    }
}

impl Page {
    fn length(&self) -> usize {
        self.limit.clamp(1, PAGE_MAX) as usize
    }

    /// One record more than asked for: whether it comes tells whether there is a next page.
    pub(crate) fn fetch(&self) -> i64 {
        self.length() as i64 + 1
    }
}

impl<T> List<T> {
    /// Cuts what was fetched to the page.
    pub(crate) fn cut(mut items: Vec<T>, page: &Page, place: impl Fn(&T) -> String) -> Self {
        let more = items.len() > page.length();
        items.truncate(page.length());
        let next = if more { items.last().map(place) } else { None };
        Self { items, next }
    }
}
