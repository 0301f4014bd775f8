//! `POST /v1/sync`: everything on the wall, one record in memory at a time.

use super::body::Inbox;
use super::problem::HttpError;
use super::records::{Outbox, Plan, Records};
use super::work;
use crate::app::{Refusal, SyncPlan, Wall};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use beistand_protocol::class::BlobClass;
use beistand_protocol::note::{Domain as _, SyncDomain};
use beistand_protocol::sync::HEADER_SIZE;

/// Streams the wall to a device on the roster.
pub async fn sync(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    outbox: Data<Outbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    let body = inbox.read(&request, payload, SyncDomain::LIMIT).await?;
    let planner = wall.clone();
    let plan = work::run(move || planner.plan_sync(&body.bytes)).await?;
    let count = plan.count.to_be_bytes().to_vec();
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .body(Records::new(wall, &outbox, &request, count, plan)))
}

impl Plan for SyncPlan {
    fn size(&self) -> u64 {
        self.size
    }

    fn largest(&self) -> usize {
        HEADER_SIZE + BlobClass::Part.size()
    }

    fn next(&mut self, wall: &Wall) -> Result<Option<Vec<u8>>, Refusal> {
        wall.next_record(self)
    }
}
