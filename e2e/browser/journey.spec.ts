import { expect, test } from './fixtures.ts';
import { takeJourney } from './journey.ts';
import { priya } from './sign-in-pages.ts';

test('a person signs in, sees who they are and their leave, requests some, cancels it, and signs out', async ({
  page,
  signIn,
}) => {
  await takeJourney(page, {
    async signIn(arrived) {
      await signIn.complete(priya.mail);
      await expect(arrived).toBeVisible();
    },
    signOut: () => signIn.signOut(),
  });
});
