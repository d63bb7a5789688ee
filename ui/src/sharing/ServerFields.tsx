import { FormField, Select } from "../design";
import { chooseFile } from "../ipc/dialogs";
import type { LoginKind } from "../ipc/types";
import { PathField } from "../workspace/PathField";
import { addressProblem, mayBeReadable } from "./serverDraft";
import type { ServerDraft } from "./serverDraft";

export const LOGINS: readonly { value: LoginKind; label: string }[] = [
  { value: "none", label: "Nothing" },
  { value: "password", label: "Name and password" },
  { value: "token", label: "Shared secret (token)" },
  { value: "credentials", label: "Credentials file" },
];

interface ServerFieldsProps {
  draft: ServerDraft;
  onChange: (changed: Partial<ServerDraft>) => void;
}

/** A server and how to log in there. */
export function ServerFields({ draft, onChange }: ServerFieldsProps) {
  const problem = draft.url.trim() === "" ? undefined : addressProblem(draft.url);
  return (
    <>
      <FormField
        label="Address"
        value={draft.url}
        mono
        placeholder="nats://studio.example.org:4222"
        problem={problem}
        note={
          mayBeReadable(draft)
            ? "Others on the way can read along unless the server asks for encryption; tls:// and wss:// always are encrypted."
            : undefined
        }
        onChange={(url) => onChange({ url })}
      />
      <div className="ui-field">
        <span className="ui-field-label">Sign in with</span>
        <Select
          label="Sign in with"
          value={draft.login}
          options={LOGINS}
          onChange={(login) => onChange({ login: login as LoginKind })}
        />
      </div>
      <LoginFields draft={draft} onChange={onChange} />
      <PathField
        label="Certificate (optional)"
        value={draft.certificate}
        placeholder="/path/to/ca.pem"
        note="Only for a server whose certificate this system does not know. Links to this project carry it along."
        browse={() =>
          chooseFile("Certificate to trust", [{ name: "Certificates", extensions: ["pem", "crt", "cer"] }])
        }
        onChange={(certificate) => onChange({ certificate })}
      />
    </>
  );
}

function LoginFields({ draft, onChange }: ServerFieldsProps) {
  switch (draft.login) {
    case "none":
      return null;
    case "password":
      return (
        <div className="sharing-pair">
          <FormField
            label="Name"
            value={draft.user}
            autoComplete="off"
            onChange={(user) => onChange({ user })}
          />
          <FormField
            label="Password"
            type="password"
            value={draft.password}
            autoComplete="off"
            onChange={(password) => onChange({ password })}
          />
        </div>
      );
    case "token":
      return (
        <FormField
          label="Shared secret"
          type="password"
          value={draft.token}
          autoComplete="off"
          onChange={(token) => onChange({ token })}
        />
      );
    case "credentials":
      return (
        <PathField
          label="Credentials file"
          value={draft.file}
          placeholder="/path/to/you.creds"
          note="It stays where it is. A link does not carry it: everyone who joins needs a file of their own."
          browse={() => chooseFile("Credentials file", [{ name: "Credentials", extensions: ["creds"] }])}
          onChange={(file) => onChange({ file })}
        />
      );
  }
}
