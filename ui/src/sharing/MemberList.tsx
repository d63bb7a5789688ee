import type { SessionMember } from "../ipc/types";
import { useColorOf } from "../presence/useColorOf";

/** The people of the session. */
export function MemberList({ members }: { members: readonly SessionMember[] }) {
  const colorOf = useColorOf();
  return (
    <section aria-labelledby="sharing-people">
      <h3 id="sharing-people" className="ui-field-label">
        {members.length === 1 ? "One person" : `${members.length} people`}
      </h3>
      <ul className="sharing-members">
        {members.map(({ person, devices, online, you }) => (
          <li key={person.id}>
            <span className="person-dot" style={{ background: colorOf(person) }} />
            <span className="sharing-member-name">
              {person.name}
              {you && <span className="sharing-member-you"> (you)</span>}
            </span>
            <span className="sharing-member-devices">
              {devices === 1 ? "1 device" : `${devices} devices`}
            </span>
            <span className="sharing-member-online" data-online={online ? "" : undefined}>
              {online ? "here now" : "away"}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
