//! What became of a request, in classes that tell nothing of who asked or about whom: for log and metrics.

use std::fmt::{self, Display};

use axum::http::Method;
use model::lookup::RefusalCode;

use super::limit::Limit;

/// Where a request went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// `POST email`.
    Email,
    /// `POST tte`.
    Tte,
    /// `GET info`.
    Info,
    /// `GET openapi.json`.
    Contract,
    /// Anything else below the look-up's address.
    Other,
    /// A file of the site.
    Site,
}

impl Route {
    /// Those of the look-up. Its router and its contract are both made from this list.
    pub const SERVED: [Self; 4] = [Self::Email, Self::Tte, Self::Info, Self::Contract];

    /// Its path below the look-up's address.
    pub const fn path(self) -> &'static str {
        match self {
            Self::Email => "/email",
            Self::Tte => "/tte",
            Self::Info => "/info",
            Self::Contract => "/openapi.json",
            Self::Other | Self::Site => "/",
        }
    }

    /// The one method that it has.
    pub const fn method(self) -> Method {
        match self {
            Self::Email | Self::Tte => Method::POST,
            Self::Info | Self::Contract | Self::Other | Self::Site => Method::GET,
        }
    }
}

impl Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Email => "email",
            Self::Tte => "tte",
            Self::Info => "info",
            Self::Contract => "openapi",
            Self::Other => "other",
            Self::Site => "site",
        })
    }
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Answered; somebody was found.
    Ok,
    /// Answered; nobody was found, or there is no such file.
    None,
    /// The identifier or the second fact has not its form.
    Invalid,
    /// It cannot be asked by this.
    NotOffered,
    /// Not the body that is expected, in form, type or size.
    Malformed,
    /// Another method is needed.
    Method,
    /// Outside opening hours.
    Closed,
    /// Too many questions.
    Limited(Limit),
    /// The service failed.
    Fault,
}

impl Outcome {
    /// The class of a refusal.
    pub fn of_refusal(code: RefusalCode) -> Self {
        match code {
            RefusalCode::Closed => Self::Closed,
            RefusalCode::TooManyRequests => Self::Limited(Limit::Client),
            RefusalCode::InvalidIdentifier | RefusalCode::InvalidFact => Self::Invalid,
            RefusalCode::NotOffered => Self::NotOffered,
            RefusalCode::MalformedBody
            | RefusalCode::BodyTooLarge
            | RefusalCode::UnsupportedMediaType => Self::Malformed,
            RefusalCode::MethodNotAllowed => Self::Method,
            RefusalCode::UnknownRoute => Self::None,
            RefusalCode::Fault => Self::Fault,
        }
    }
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ok => "ok",
            Self::None => "none",
            Self::Invalid => "invalid",
            Self::NotOffered => "not_offered",
            Self::Malformed => "malformed",
            Self::Method => "method",
            Self::Closed => "closed",
            Self::Limited(Limit::Client) => "limited_client",
            Self::Limited(Limit::Names) => "limited_names",
            Self::Limited(Limit::Identifier) => "limited_identifier",
            Self::Fault => "fault",
        })
    }
}

/// What a response carries for the log; it is not sent.
#[derive(Clone, Copy, Debug)]
pub struct Handled {
    /// Where the request went.
    pub route: Route,
    /// What became of it.
    pub outcome: Outcome,
}
