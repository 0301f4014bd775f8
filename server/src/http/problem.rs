//! From refusals to `application/problem+json`: one exhaustive match, constant sentences, nothing
//! of the request in them.

use crate::app::Refusal;
use crate::store::StoreError;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use beistand_protocol::json;
use beistand_protocol::problem::{Problem, ProblemCode};

/// An error as it is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpError {
    code: ProblemCode,
    promise: Option<String>,
    bits: Option<u8>,
}

impl From<ProblemCode> for HttpError {
    fn from(code: ProblemCode) -> Self {
        Self {
            code,
            promise: None,
            bits: None,
        }
    }
}

impl From<Refusal> for HttpError {
    fn from(refusal: Refusal) -> Self {
        let code = match refusal {
            Refusal::Malformed => ProblemCode::MalformedRequest,
            Refusal::Blob(_) => ProblemCode::MalformedBlob,
            Refusal::Class => ProblemCode::WrongClass,
            Refusal::Day => ProblemCode::WrongDay,
            Refusal::Shard => ProblemCode::WrongShard,
            Refusal::Stamp { needed } => {
                return Self {
                    bits: Some(needed),
                    ..ProblemCode::WeakStamp.into()
                }
            }
            Refusal::StampUsed => ProblemCode::UsedStamp,
            Refusal::Quota => ProblemCode::QuotaReached,
            Refusal::Occupied { promise } => {
                return Self {
                    promise: Some(promise),
                    ..ProblemCode::SlotOccupied.into()
                }
            }
            Refusal::Delete => ProblemCode::DeleteRefused,
            Refusal::Roster(_) | Refusal::RosterLogKey | Refusal::RosterEpochs => {
                ProblemCode::RosterRefused
            }
            Refusal::Prekey(_) | Refusal::PrekeyReplaced => ProblemCode::PrekeyRefused,
            Refusal::Sync(_) => ProblemCode::SyncRefused,
            Refusal::NotReady => ProblemCode::NotReady,
            Refusal::StorageFull => ProblemCode::StorageFull,
            Refusal::Store(error) => match error {
                StoreError::Full => ProblemCode::StorageFull,
                StoreError::Conflict
                | StoreError::Failed(_)
                | StoreError::Stopped
                | StoreError::Damaged(_)
                | StoreError::Locked
                | StoreError::Schema { .. }
                | StoreError::Instance => ProblemCode::Internal,
            },
        };
        code.into()
    }
}

impl std::fmt::Display for HttpError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.code.code())
    }
}

impl std::error::Error for HttpError {}

impl ResponseError for HttpError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut problem = Problem::from(self.code);
        problem.promise.clone_from(&self.promise);
        problem.bits = self.bits;
        // A problem is strings and a number: always JSON.
        let body = json::encode(&problem).unwrap_or_default();
        HttpResponse::build(self.status_code())
            .content_type("application/problem+json")
            .body(body)
    }
}

/// Answers an address that is none.
pub async fn not_found() -> HttpError {
    ProblemCode::NotFound.into()
}

/// Answers an address that takes another method.
pub async fn method_not_allowed() -> HttpError {
    ProblemCode::MethodNotAllowed.into()
}

impl actix_web::Responder for HttpError {
    type Body = actix_web::body::BoxBody;

    fn respond_to(self, _: &actix_web::HttpRequest) -> HttpResponse {
        self.error_response()
    }
}
