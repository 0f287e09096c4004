import { useConfiguration } from '../configuration/configuration.ts';
import './chain.css';

/** The chain of calls: a list in the order that a request travels, drawn as a diagram. */
export function Chain() {
  const { authority } = useConfiguration();
  return (
    <figure className="chain">
      <ol>
        <li className="chain-node chain-you">
          <strong>You</strong>
          <span>this page, in your browser</span>
        </li>
        <li className="chain-step">token A, for the middle tier only</li>
        <li className="chain-node">
          <strong>Middle-tier API</strong>
          <span>validates it, exchanges it on your behalf</span>
        </li>
        <li className="chain-fork">
          <ul>
            <li>
              <span className="chain-step">token B, for Graph</span>
              <span className="chain-node">
                <strong>Microsoft Graph</strong>
                <span>profile, manager</span>
              </span>
            </li>
            <li>
              <span className="chain-step">token C, for leave</span>
              <span className="chain-node">
                <strong>Downstream API</strong>
                <span>leave balance, requests</span>
              </span>
            </li>
          </ul>
        </li>
      </ol>
      <figcaption>
        <strong>Microsoft Entra ID</strong>, here at <code>{new URL(authority).host}</code>, signs you in and
        issues every token in this diagram.
      </figcaption>
    </figure>
  );
}
