import type { ConnectionStatus } from "../ipc/types";
import { whatIsLeft } from "./connection";
import "./connection.css";

/** What is not the same here and on the server, line by line; nothing where both have all of it. */
export function WhatIsLeft({ connection }: { connection: ConnectionStatus }) {
  const left = whatIsLeft(connection);
  if (left.length === 0) return null;
  return (
    <ul className="connection-left" aria-label="Not the same here and on the server">
      {left.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
