//! `POST /v1/envelopes` and `POST /v1/parts`.

use super::body::Inbox;
use super::problem::HttpError;
use super::work;
use crate::app::{Counter, Wall};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use beistand_protocol::class::{ENVELOPE_16_SIZE, PART_SIZE};
use beistand_protocol::put::HEADER_SIZE;

/// Takes a sealed envelope; answers the promise and `r`.
pub async fn put_envelope(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    let limit = HEADER_SIZE + ENVELOPE_16_SIZE;
    put(Counter::Envelopes, wall, inbox, request, payload, limit).await
}

/// Takes a sealed part; answers the promise and `r`.
pub async fn put_part(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    put(
        Counter::Parts,
        wall,
        inbox,
        request,
        payload,
        HEADER_SIZE + PART_SIZE,
    )
    .await
}

async fn put(
    counter: Counter,
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    request: HttpRequest,
    payload: Payload,
    limit: usize,
) -> Result<HttpResponse, HttpError> {
    let body = inbox.read(&request, payload, limit).await?;
    let answer = work::run(move || {
        let request = Wall::parse_put(body.into_bytes())?;
        wall.put(counter, request)
    })
    .await?;
    Ok(HttpResponse::Ok().json(answer))
}
