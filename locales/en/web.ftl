# What all pages have in common.
web-skip = Skip to content
web-help = Help
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
