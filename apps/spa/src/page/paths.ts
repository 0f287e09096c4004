export const paths = {
  overview: '/',
  requestLeave: '/leave/new',
  team: '/team',
  whileYouAreAway: '/while-you-are-away',
  howItWorks: '/how-it-works',
} as const;
