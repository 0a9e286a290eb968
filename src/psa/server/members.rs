//! Who of the ticket system is who here: by hand where somebody said so, else by e-mail address.

use uuid::Uuid;

use super::{Provider, PsaError, settings};
use crate::{
    error::AppError,
    ids::UserId,
    psa::types::{Listed, MappedBy, MappedMember, MappedUser, Mapping, Member},
    server::context::Ctx,
};

/// What somebody said about a member.
struct ByHand {
    member_id: String,
    user_id: Option<Uuid>,
}

/// Both sides as they are here: who was mapped by hand, and everybody of the account by name.
async fn known(ctx: &Ctx, provider: &str) -> Result<(Vec<ByHand>, Vec<MappedUser>), PsaError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let by_hand = sqlx::query_as!(
        ByHand,
        "select member_id, user_id from psa_members where account_id = $1 and provider = $2",
        ctx.account.0,
        provider,
    )
    .fetch_all(&mut *tx)
    .await?;
    let users = sqlx::query_as!(
        MappedUser,
        r#"select id, name, email::text as "email!" from users where account_id = $1 order by name, id"#,
        ctx.account.0,
    )
    .fetch_all(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok((by_hand, users))
}

/// Each member with who they are. What was said by hand counts first, on both sides.
fn matched(members: Vec<Member>, by_hand: &[ByHand], users: &[MappedUser]) -> Vec<MappedMember> {
    let taken = |user: UserId| by_hand.iter().any(|row| row.user_id == Some(user.0));
    let mut mailed: Vec<UserId> = Vec::new();
    let mut who = |member: &Member| {
        if let Some(row) = by_hand.iter().find(|row| row.member_id == member.id) {
            return (row.user_id.map(UserId), Some(MappedBy::Hand));
        }
        let theirs = |user: &&MappedUser| member.emails.iter().any(|one| one.eq_ignore_ascii_case(&user.email));
        // Two members with one address: the first one is them.
        let found = users.iter().filter(theirs).map(|user| user.id).find(|id| !taken(*id) && !mailed.contains(id));
        mailed.extend(found);
        (found, found.map(|_| MappedBy::Email))
    };
    let mapped = |member: Member| {
        let (user_id, mapped_by) = who(&member);
        MappedMember { member, user_id, mapped_by }
    };
    members.into_iter().map(mapped).collect()
}

/// Who a user is in the ticket system, as far as it lets that be known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// `None` where nobody there is them, or where nobody can tell.
    pub member: Option<Member>,
    /// Why members are missing, and who can change that.
    pub hint: Option<String>,
}

/// Who the user is in the ticket system. Whom somebody named by hand is known also where members cannot be read, by their id.
pub async fn of_user(ctx: &Ctx, desk: &dyn Provider, user: UserId) -> Result<Known, PsaError> {
    of_user_among(ctx, desk, desk.members(ctx).await?, user).await
}

/// The same, where the members were read already.
pub async fn of_user_among(
    ctx: &Ctx,
    desk: &dyn Provider,
    members: Listed<Member>,
    user: UserId,
) -> Result<Known, PsaError> {
    let Listed { items, hint } = members;
    let (by_hand, users) = known(ctx, desk.name()).await?;
    let mut all = matched(items, &by_hand, &users).into_iter();
    let found = all.find(|one| one.user_id == Some(user)).map(|one| one.member);
    let by_id = |row: &ByHand| Member {
        id: row.member_id.clone(),
        identifier: String::new(),
        name: format!("member {}", row.member_id),
        emails: Vec::new(),
    };
    // Of a whole list somebody is missing who does not work there any more.
    let named = || by_hand.iter().find(|row| hint.is_some() && row.user_id == Some(user.0)).map(by_id);
    Ok(Known { member: found.or_else(named), hint })
}

/// Everybody on both sides, mapped or not.
pub async fn mapping(ctx: &Ctx, desk: &dyn Provider) -> Result<Mapping, PsaError> {
    let listed = desk.members(ctx).await?;
    let (by_hand, users) = known(ctx, desk.name()).await?;
    let members = matched(listed.items, &by_hand, &users);
    let is_member = |user: &&MappedUser| members.iter().any(|one| one.user_id == Some(user.id));
    let without_member = users.iter().filter(|user| !is_member(user)).map(|user| user.id).collect();
    Ok(Mapping { members, users, without_member, hint: listed.hint })
}

/// Says who a member is. A user is one member: they are taken from whom they were by hand before.
pub async fn map(ctx: &Ctx, desk: &dyn Provider, member: &str, user: Option<UserId>) -> Result<(), AppError> {
    if !desk.members(ctx).await?.items.iter().any(|known| known.id == member) {
        return Err(AppError::not_found("member"));
    }
    let mut tx = ctx.db().tenant(ctx).await?;
    // Two admins may map the same user at once.
    settings::lock(ctx, &mut tx).await?;
    if let Some(user) = user {
        let known =
            sqlx::query_scalar!("select id from users where account_id = $1 and id = $2", ctx.account.0, user.0)
                .fetch_optional(&mut *tx)
                .await?;
        if known.is_none() {
            return Err(AppError::invalid("user_id", "There is nobody with this id in the account."));
        }
        sqlx::query!(
            "delete from psa_members where account_id = $1 and provider = $2 and user_id = $3 and member_id <> $4",
            ctx.account.0,
            desk.name(),
            user.0,
            member,
        )
        .execute(&mut *tx)
        .await?;
    }
    sqlx::query!(
        "insert into psa_members (account_id, provider, member_id, user_id, mapped_by, mapped_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint psa_members_pk do update set
                user_id = excluded.user_id, mapped_by = excluded.mapped_by, mapped_at = excluded.mapped_at",
        ctx.account.0,
        desk.name(),
        member,
        user.map(|user| user.0),
        ctx.actor.user.0,
        ctx.now().0,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(())
}

/// Goes back to the e-mail address.
pub async fn unmap(ctx: &Ctx, desk: &dyn Provider, member: &str) -> Result<(), AppError> {
    let mut tx = ctx.db().tenant(ctx).await?;
    let gone = sqlx::query!(
        "delete from psa_members where account_id = $1 and provider = $2 and member_id = $3",
        ctx.account.0,
        desk.name(),
        member,
    )
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    if gone.rows_affected() == 0 { Err(AppError::not_found("mapping by hand")) } else { Ok(()) }
}
