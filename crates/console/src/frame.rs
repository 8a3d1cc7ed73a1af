//! What is around every page: who looks, where he is, and what he can always reach.

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use keyward_policy::Operation;

use crate::done;
use crate::session::Own;
use crate::static_files;
use crate::visitor::Visitor;

/// A part of the console, as the navigation shows it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// How everything is.
    Overview,
    /// Issued keys.
    Keys,
    /// What somebody should look at.
    Safety,
    /// What waits for a person.
    Approvals,
    /// Exchange connections.
    Venues,
    /// Real keys.
    Credentials,
    /// Who owns keys.
    Projects,
    /// What happened.
    Audit,
    /// Who runs Keyward.
    People,
    /// What programs show.
    Tokens,
    /// What is in force.
    Settings,
    /// One's own sign-in.
    Account,
}

/// An entry of the navigation.
pub(crate) struct Link {
    pub(crate) label: &'static str,
    pub(crate) href: &'static str,
    pub(crate) is_here: bool,
    /// How much waits there; none says nothing.
    pub(crate) count: Option<usize>,
}

/// What is around a page.
pub(crate) struct Frame {
    pub(crate) title: String,
    /// What was just done, where the page is shown for that.
    pub(crate) notice: Option<&'static str>,
    /// The script of this page, where it has one.
    pub(crate) script: Option<&'static str>,
    visitor: Option<Visitor>,
    section: Option<Section>,
    /// What the page's forms carry.
    csrf: String,
}

impl Frame {
    /// The frame of a visitor's page.
    pub(crate) fn new(visitor: Visitor, section: Section, title: impl Into<String>) -> Self {
        Self { section: Some(section), ..Self::perhaps(Some(visitor), title) }
    }

    /// The frame of a page that belongs to no part, and may be seen by somebody who has not signed in.
    pub(crate) fn perhaps(visitor: Option<Visitor>, title: impl Into<String>) -> Self {
        let csrf = visitor.as_ref().map(|visitor| visitor.csrf.clone()).unwrap_or_default();
        Self { title: title.into(), notice: None, script: None, visitor, section: None, csrf }
    }

    /// The frame of a page that somebody sees who may have no second factor yet.
    pub(crate) fn of_session(own: &Own, title: impl Into<String>) -> Self {
        let session = &own.0.session;
        let (csrf, fresh_until) = (session.csrf.clone(), session.fresh_until);
        let visitor = session.actor().ok().map(|actor| Visitor { actor, csrf, fresh_until, waiting: 0 });
        let section = visitor.is_some().then_some(Section::Account);
        Self { section, csrf: session.csrf.clone(), ..Self::perhaps(visitor, title) }
    }

    /// Says what was just done.
    pub(crate) fn after(mut self, done: Option<&str>) -> Self {
        self.notice = done.and_then(done::words);
        self
    }

    /// Takes a script of ours along.
    pub(crate) fn with_script(mut self, name: &'static str) -> Self {
        self.script = Some(name);
        self
    }

    pub(crate) fn visitor(&self) -> Option<&Visitor> {
        self.visitor.as_ref()
    }

    /// What this visitor's forms carry.
    pub(crate) fn csrf(&self) -> &str {
        &self.csrf
    }

    pub(crate) fn may(&self, operation: Operation) -> bool {
        self.visitor.as_ref().is_some_and(|visitor| visitor.may(operation))
    }

    pub(crate) fn may_kill(&self) -> bool {
        self.may(Operation::Kill)
    }

    pub(crate) fn links(&self) -> Vec<Link> {
        let all = [
            ("Overview", "/", Section::Overview, Operation::Status),
            ("Keys", "/keys", Section::Keys, Operation::KeyList),
            ("Key safety", "/safety", Section::Safety, Operation::KeySafety),
            ("Approvals", "/approvals", Section::Approvals, Operation::ApprovalList),
            ("Venues", "/venues", Section::Venues, Operation::VenueList),
            ("Credentials", "/credentials", Section::Credentials, Operation::CredentialList),
            ("Projects", "/projects", Section::Projects, Operation::ProjectList),
            ("Audit log", "/audit", Section::Audit, Operation::AuditTail),
            ("People", "/people", Section::People, Operation::OperatorList),
            ("API tokens", "/tokens", Section::Tokens, Operation::TokenList),
            ("Settings", "/settings", Section::Settings, Operation::Settings),
        ];
        let allowed = all.into_iter().filter(|(.., needs)| self.may(*needs));
        let link = |(label, href, section, _)| Link {
            label,
            href,
            is_here: self.section == Some(section),
            count: self.waiting().filter(|_| section == Section::Approvals),
        };
        allowed.map(link).collect()
    }

    /// How much waits for an operator, where anything does.
    fn waiting(&self) -> Option<usize> {
        self.visitor.as_ref().map(|visitor| visitor.waiting).filter(|waiting| *waiting > 0)
    }

    /// What changes in the address of a file of ours whenever the file does, so that a browser may keep it.
    pub(crate) fn version(&self) -> String {
        static_files::version()
    }
}

/// A page as an answer.
pub(crate) fn html(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page cannot be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
