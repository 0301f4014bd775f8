//! `POST /v1/fetch`.

use super::body::Inbox;
use super::problem::HttpError;
use super::work;
use crate::app::Wall;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};

/// Class, stamp and the most slots a roster can demand.
const LIMIT: usize = 1 + 8 + 16 * 16;

/// Answers a record for each slot asked for, whether there is something or not.
pub async fn fetch(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    let body = inbox.read(&request, payload, LIMIT).await?;
    let answer = work::run(move || wall.fetch(&body.bytes)).await?;
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .body(answer))
}
