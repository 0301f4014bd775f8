//! `POST /v1/sync`: everything on the wall, one record in memory at a time.

use super::body::Inbox;
use super::problem::HttpError;
use super::work;
use crate::app::{SyncPlan, Wall};
use actix_web::body::{BodySize, MessageBody};
use actix_web::web::{Bytes, Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use beistand_protocol::note::{Domain as _, SyncDomain};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Streams the wall to a device on the roster.
pub async fn sync(
    wall: Data<Wall>,
    inbox: Data<Inbox>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, HttpError> {
    let body = inbox.read(&request, payload, SyncDomain::LIMIT).await?;
    let planner = wall.clone();
    let plan = work::run(move || planner.plan_sync(&body.bytes)).await?;
    let answer = Records {
        wall,
        size: plan.size,
        state: State::Begin(plan),
    };
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .body(answer))
}

type Reading = Pin<Box<dyn Future<Output = Result<(SyncPlan, Option<Vec<u8>>), HttpError>>>>;

/// The body of the answer. It fails half-way where a record can no longer be read: the desk sees
/// an answer that is shorter than it says, and syncs again.
struct Records {
    wall: Data<Wall>,
    size: u64,
    state: State,
}

enum State {
    Begin(SyncPlan),
    Reading(Reading),
    End,
}

fn read(wall: Data<Wall>, mut plan: SyncPlan) -> Reading {
    Box::pin(work::run(move || {
        let record = wall.next_record(&mut plan)?;
        Ok((plan, record))
    }))
}

impl MessageBody for Records {
    type Error = HttpError;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.size)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, HttpError>>> {
        match std::mem::replace(&mut self.state, State::End) {
            State::Begin(plan) => {
                let count = Bytes::copy_from_slice(&plan.count.to_be_bytes());
                self.state = State::Reading(read(self.wall.clone(), plan));
                Poll::Ready(Some(Ok(count)))
            }
            State::Reading(mut reading) => {
                let Poll::Ready(outcome) = reading.as_mut().poll(context) else {
                    self.state = State::Reading(reading);
                    return Poll::Pending;
                };
                match outcome {
                    Ok((plan, Some(record))) => {
                        self.state = State::Reading(read(self.wall.clone(), plan));
                        Poll::Ready(Some(Ok(record.into())))
                    }
                    Ok((_, None)) => Poll::Ready(None),
                    Err(error) => Poll::Ready(Some(Err(error))),
                }
            }
            State::End => Poll::Ready(None),
        }
    }
}
