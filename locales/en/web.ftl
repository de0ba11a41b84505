# What all pages have in common.
web-skip = Skip to content
web-help = Help
web-menu = Menu
web-places = Sections
web-foot = More
web-program = How it works
web-language = English
web-place-home = Home
web-place-points = Activity
web-place-rewards = Rewards
web-place-tier = Tier
web-place-me = Me
web-back-home = Back to the start
web-request = If you write to us about this, mention this code: { $id }
web-sign-out = Sign out

# The console.
web-desk-tenant = Client
web-desk-choose = Switch
web-desk-overview = Overview
web-desk-programs = Programs
web-privacy = Privacy
web-desk-me = My sign-in
web-desk-more = Show more
web-desks-client = Client
web-desks-program = Program
web-desks-members = Members
web-desks-campaigns = Campaigns
web-desk-journeys = Journeys
web-desk-campaigns = Campaigns
web-desk-segments = Audiences
web-desk-newsletter = Newsletter
web-desks-systems = Systems
web-desks-team = Team
web-desk-members = Members
web-desk-adjustments = Adjustments
web-desk-webhooks = Webhooks
web-desk-keys = API keys
web-desk-jobs = Jobs
web-desk-staff = People
web-desk-audit = Audit log
web-desks-integration = Integration
web-desk-projects = Merges
web-desk-two-files = Two files
web-desk-imports = Imports
web-desk-styleguide = Style guide
web-desk-workspace = Client
web-desk-discovery = Discovery
web-desk-alignment = Alignment
web-desk-invitations = Invitations
web-desk-missions = First steps
web-share = Share
web-share-link = Link
web-share-copy = Copy
web-share-mail = By e-mail
web-share-messenger = By message
web-share-copied = Copied.
web-desk-cases = Questions
web-desk-vouchers = Hand-overs
web-desk-brand-kit = Brand kit
web-desk-requests = Requests
web-desk-technology = Technology
web-desk-measures = Figures
web-desk-recommendations = Recommendations
web-desk-reports = Reports
web-term-hours = { $n ->
    [one] an hour
   *[other] { $number } hours
}
web-term-days = { $n ->
    [one] a day
   *[other] { $number } days
}
web-term-months = { $n ->
    [one] a month
   *[other] { $number } months
}
