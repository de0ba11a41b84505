-- Campaigns: what is said to whom, who agreed to it, and how far it has come.
-- owner: campaigns
create table campaign (
    tenant bigint not null,
    campaign bigint not null,
    program bigint not null,
    segment bigint not null,
    -- The audience's condition as it was when somebody was asked to agree.
    condition text not null,
    name text not null,
    purpose text not null,
    channel text not null,
    state text not null,
    -- Variants with their texts by language, as JSON.
    content text not null,
    -- The share that is left alone, in ten-thousandths, and for how many days purchases are counted.
    holdout bigint not null,
    window_days bigint not null,
    -- Seeds the drawing of groups.
    seed bigint not null,
    -- What unsubscribe links and message ids are made with.
    secret bytea not null,
    author text not null,
    -- Everybody whose work is in what is approved; none of them approves it.
    authors text not null,
    created_at bigint not null,
    changed_at bigint not null,
    submitted_at bigint,
    approved_by text,
    approved_at bigint,
    send_at bigint,
    started_at bigint,
    -- Up to which member groups were drawn; the last one there is when the drawing is done.
    drawn_to bigint not null,
    drawn_at bigint,
    revision bigint not null,
    ended_at bigint,
    primary key (tenant, campaign)
);
create index campaign_due on campaign (state, send_at);

-- What was said about a campaign, and each word for or against it.
-- owner: campaigns
create table campaign_word (
    tenant bigint not null,
    campaign bigint not null,
    word bigint not null,
    author text not null,
    at bigint not null,
    verdict text,
    body text not null,
    primary key (tenant, campaign, word)
);

-- Everybody a campaign reaches or leaves alone, once. The key is what makes a letter one.
-- owner: campaigns
create table campaign_member (
    tenant bigint not null,
    campaign bigint not null,
    member bigint not null,
    account bigint not null,
    -- 'holdout', 'universal', or the variant's name.
    arm text not null,
    -- 'ready', 'handing', 'sent', 'bounced', 'withheld'; 'kept' for those left alone.
    state text not null,
    reason text not null,
    drawn_at bigint not null,
    -- Whoever hands a letter over has it until then; the attempt tells whose it is.
    leased_until bigint not null,
    attempts bigint not null,
    handed_at bigint,
    sent_at bigint,
    bounced_at bigint,
    complained_at bigint,
    unsubscribed_at bigint,
    token_hash bytea not null,
    primary key (tenant, campaign, member)
);
create index campaign_member_waiting on campaign_member (tenant, campaign, leased_until) where state in ('ready', 'handing');
create index campaign_member_contact on campaign_member (tenant, member, handed_at) where handed_at is not null;
create unique index campaign_member_token on campaign_member (token_hash);

-- How much a tenant's members hear at most, and who hears nothing at all.
-- owner: campaigns
create table campaign_policy (
    tenant bigint not null primary key,
    max_per_week bigint not null,
    -- Whole hours of the tenant's wall; equal means no quiet hours.
    quiet_from bigint not null,
    quiet_to bigint not null,
    -- In ten-thousandths.
    universal_holdout bigint not null,
    seed bigint not null
);
