//! Running what may wait for a disk, where it does not hold up other visitors.

use super::problem::HttpError;
use crate::app::Refusal;
use crate::store::StoreError;
use actix_web::rt::time::timeout;
use actix_web::web;
use beistand_protocol::problem::ProblemCode;
use std::time::Duration;

/// How long a visitor waits for a disk: a little longer than the store does where it can tell.
const PATIENCE: Duration = Duration::from_secs(12);

/// Runs `work` on a thread that may wait.
pub async fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, HttpError> {
    match timeout(PATIENCE, web::block(work)).await {
        Ok(Ok(outcome)) => outcome.map_err(HttpError::from),
        // The work panicked, or the server is shutting down.
        Ok(Err(_)) => Err(ProblemCode::Internal.into()),
        // The thread goes on waiting, whatever comes of it.
        Err(_) => Err(late().into()),
    }
}

fn late() -> Refusal {
    Refusal::Store(StoreError::Failed(
        "the disk did not answer in time".to_owned(),
    ))
}
