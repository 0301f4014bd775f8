//! Running what may wait for a disk, where it does not hold up other visitors.

use super::problem::HttpError;
use crate::app::Refusal;
use actix_web::web;
use beistand_protocol::problem::ProblemCode;

/// Runs `work` on a thread that may wait.
pub async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, HttpError> {
    match web::block(work).await {
        Ok(outcome) => outcome.map_err(HttpError::from),
        // The work panicked, or the server is shutting down.
        Err(_) => Err(ProblemCode::Internal.into()),
    }
}
