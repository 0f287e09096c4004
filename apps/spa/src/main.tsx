import { MsalProvider } from '@azure/msal-react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { ErrorBoundary } from './app/error-boundary.tsx';
import { ErrorPage } from './app/error-page.tsx';
import { ConfigurationContext, loadConfiguration } from './configuration/configuration.ts';
import { describeSignInFailure } from './sign-in/describe-sign-in-failure.ts';
import { createMsalClient } from './sign-in/msal-client.ts';
import { resumeSignIn } from './sign-in/resume-sign-in.ts';
import './page/global.css';

const container = document.getElementById('root');
if (container === null) throw new Error('index.html has no element with the id "root"');
const root = createRoot(container);

try {
  const configuration = await loadConfiguration();
  const client =
    import.meta.env.VITE_TOKENS === 'server'
      ? await (await import('./sign-in/server-client.ts')).createServerClient(configuration)
      : await createMsalClient(configuration);
  const resumed = await resumeSignIn(client, configuration);
  root.render(
    <StrictMode>
      <ErrorBoundary fallback={<ErrorPage />}>
        <ConfigurationContext value={configuration}>
          <MsalProvider instance={client}>
            <App resumed={resumed} />
          </MsalProvider>
        </ConfigurationContext>
      </ErrorBoundary>
    </StrictMode>,
  );
} catch (error) {
  root.render(<ErrorPage notice={describeSignInFailure(error)} />);
}
