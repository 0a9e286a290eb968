//! Server functions of the account's ticket system.

use crate::{
    accounts::server::psa,
    error::AppError,
    ids::PostingId,
    page::Page,
    pilot::types::{Delivery, DeliveryFilter},
    psa::types::{Mapping, MemberChange, PsaChange, PsaSettings, PsaTest, StatusChange, Statuses},
    server::rpc::ctx,
};

pub async fn rpc_load_psa() -> Result<PsaSettings, AppError> {
    psa::get(&ctx().await?).await
}

pub async fn rpc_change_psa(change: PsaChange) -> Result<PsaSettings, AppError> {
    psa::change(&ctx().await?, &change).await
}

pub async fn rpc_test_psa(change: PsaChange) -> Result<PsaTest, AppError> {
    psa::test(&ctx().await?, &change).await
}

pub async fn rpc_disconnect_psa() -> Result<PsaSettings, AppError> {
    let ctx = ctx().await?;
    psa::disconnect(&ctx).await?;
    psa::get(&ctx).await
}

pub async fn rpc_psa_members() -> Result<Mapping, AppError> {
    psa::mapping(&ctx().await?).await
}

pub async fn rpc_map_member(member: String, change: Option<MemberChange>) -> Result<Mapping, AppError> {
    let ctx = ctx().await?;
    match change {
        Some(change) => psa::map(&ctx, &member, change.user_id).await,
        None => {
            psa::unmap(&ctx, &member).await?;
            psa::mapping(&ctx).await
        }
    }
}

pub async fn rpc_psa_statuses() -> Result<Statuses, AppError> {
    psa::statuses(&ctx().await?).await
}

pub async fn rpc_choose_status(change: StatusChange) -> Result<Statuses, AppError> {
    psa::choose_status(&ctx().await?, &change).await
}

pub async fn rpc_psa_posts(filter: DeliveryFilter) -> Result<Page<Delivery>, AppError> {
    psa::posts(&ctx().await?, &filter).await
}

pub async fn rpc_retry_post(id: PostingId) -> Result<Delivery, AppError> {
    psa::retry_post(&ctx().await?, id).await
}
