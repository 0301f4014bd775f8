//! `POST /v1/fetch`.

use super::body::Inbox;
use super::problem::HttpError;
use super::records::{Outbox, Plan, Records};
use crate::app::{FetchPlan, Refusal, Wall};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

/// Class, stamp and the most slots a roster can demand.
const LIMIT: usize = 1 + 8 + 16 * 16;

/// Answers a record for each slot asked for, whether there is something or not.
pub async fn fetch(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    outbox: Data<Outbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    let body = inbox.read(&request, payload, LIMIT).await?;
    let plan = wall.plan_fetch(&body.bytes)?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .body(Records::new(wall, &outbox, &request, Vec::new(), plan)))
}

impl Plan for FetchPlan {
    fn size(&self) -> u64 {
        self.size
    }

    fn largest(&self) -> usize {
        self.record_size()
    }

    fn next(&mut self, wall: &Wall) -> Result<Option<Vec<u8>>, Refusal> {
        wall.next_fetched(self)
    }
}
