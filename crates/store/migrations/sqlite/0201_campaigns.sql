-- Campaigns: what is said to whom, who agreed to it, and how far it has come.
-- owner: campaigns
create table campaign (
    tenant integer not null,
    campaign integer not null,
    program integer not null,
    segment integer not null,
    -- The audience's condition as it was when somebody was asked to agree.
    condition text not null,
    name text not null,
    purpose text not null,
    channel text not null,
    state text not null,
    -- Variants with their texts by language, as JSON.
    content text not null,
    -- The share that is left alone, in ten-thousandths, and for how many days purchases are counted.
    holdout integer not null,
    window_days integer not null,
    -- Seeds the drawing of groups.
    seed integer not null,
    -- What unsubscribe links and message ids are made with.
    secret blob not null,
    author text not null,
    -- Everybody whose work is in what is approved; none of them approves it.
    authors text not null,
    created_at integer not null,
    changed_at integer not null,
    submitted_at integer,
    approved_by text,
    approved_at integer,
    send_at integer,
    started_at integer,
    -- Up to which member groups were drawn; the last one there is when the drawing is done.
    drawn_to integer not null,
    drawn_at integer,
    revision integer not null,
    ended_at integer,
    primary key (tenant, campaign)
) strict, without rowid;
create index campaign_due on campaign (state, send_at);

-- What was said about a campaign, and each word for or against it.
-- owner: campaigns
create table campaign_word (
    tenant integer not null,
    campaign integer not null,
    word integer not null,
    author text not null,
    at integer not null,
    verdict text,
    body text not null,
    primary key (tenant, campaign, word)
) strict, without rowid;

-- Everybody a campaign reaches or leaves alone, once. The key is what makes a letter one.
-- owner: campaigns
create table campaign_member (
    tenant integer not null,
    campaign integer not null,
    member integer not null,
    account integer not null,
    -- 'holdout', 'universal', or the variant's name.
    arm text not null,
    -- 'ready', 'handing', 'sent', 'bounced', 'withheld'; 'kept' for those left alone.
    state text not null,
    reason text not null,
    drawn_at integer not null,
    -- Whoever hands a letter over has it until then; the attempt tells whose it is.
    leased_until integer not null,
    attempts integer not null,
    handed_at integer,
    sent_at integer,
    bounced_at integer,
    complained_at integer,
    unsubscribed_at integer,
    token_hash blob not null,
    primary key (tenant, campaign, member)
) strict, without rowid;
create index campaign_member_waiting on campaign_member (tenant, campaign, leased_until) where state in ('ready', 'handing');
create index campaign_member_contact on campaign_member (tenant, member, handed_at) where handed_at is not null;
create unique index campaign_member_token on campaign_member (token_hash);

-- How much a tenant's members hear at most, and who hears nothing at all.
-- owner: campaigns
create table campaign_policy (
    tenant integer not null primary key,
    max_per_week integer not null,
    -- Whole hours of the tenant's wall; equal means no quiet hours.
    quiet_from integer not null,
    quiet_to integer not null,
    -- In ten-thousandths.
    universal_holdout integer not null,
    seed integer not null
) strict, without rowid;
