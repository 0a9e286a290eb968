//! The local desk in its database.

use async_trait::async_trait;
use flowpilot::{
    accounts::types::UserRole,
    psa::{
        server::{Provider, local_desk::LocalDesk},
        types::NewTicket,
    },
    server::{context::Ctx, router::context_of},
};
use sqlx::{Connection, PgConnection};

use super::World;
use crate::support::{Person, TestApp};

pub const BODY: &str = "It has been like this since Monday.";

/// The local desk.
pub struct Desk {
    app: TestApp,
    engineer: Person,
    colleague: Person,
    ctx: Ctx,
    desk: LocalDesk,
}

impl Desk {
    pub async fn new() -> Self {
        let app = TestApp::start().await;
        let engineer = app.engineer().await;
        let colleague = app.colleague(&engineer, UserRole::Engineer).await;
        let ctx = context_of(&app.platform, engineer.account, engineer.user);
        Self { app, engineer, colleague, ctx, desk: LocalDesk }
    }

    async fn database(&self) -> PgConnection {
        let url = self.app.database_url.replace("postgres://flowpilot@", "postgres://postgres@");
        PgConnection::connect(&url).await.unwrap()
    }
}

#[async_trait]
impl World for Desk {
    fn desk(&self) -> &dyn Provider {
        &self.desk
    }

    fn ctx(&self) -> &Ctx {
        &self.ctx
    }

    async fn ticket(&self, summary: &str) -> String {
        self.app.ticket(&self.engineer, summary, BODY).await
    }

    async fn new_ticket(&self, summary: &str) -> NewTicket {
        let company = Some("Contoso".to_owned());
        NewTicket { summary: summary.to_owned(), body: BODY.to_owned(), company, ..NewTicket::default() }
    }

    async fn delete_ticket(&self, ticket: &str) {
        let delete = format!("delete from desk_tickets where number = {ticket}");
        self.app.sql(&delete).await;
    }

    async fn delete_note(&self, _ticket: &str, note: &str) {
        self.app.sql(&format!("delete from desk_ticket_notes where id = '{note}'")).await;
    }

    async fn notes(&self, ticket: &str) -> Vec<(String, bool, bool)> {
        let number: i64 = ticket.parse().unwrap();
        sqlx::query_as(
            "select body, internal, kind = 'resolution' from desk_ticket_notes where ticket_number = $1 order by id",
        )
        .bind(number)
        .fetch_all(&mut self.database().await)
        .await
        .unwrap()
    }

    async fn status(&self, ticket: &str) -> String {
        let number: i64 = ticket.parse().unwrap();
        let status = sqlx::query_scalar("select status from desk_tickets where number = $1").bind(number);
        status.fetch_one(&mut self.database().await).await.unwrap()
    }

    fn another_status(&self) -> &'static str {
        "in_progress"
    }

    fn foreign_status(&self) -> &'static str {
        "17"
    }

    fn members(&self) -> [String; 2] {
        [self.engineer.user.to_string(), self.colleague.user.to_string()]
    }
}
