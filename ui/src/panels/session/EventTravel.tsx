import { Cloud, HardDrive, Users } from "lucide-react";

import { Tooltip } from "../../design";
import type { EventState } from "../../ipc/types";

const STATES: Readonly<Record<EventState, { icon: typeof Cloud; short: string; text: string }>> = {
  saved: {
    icon: HardDrive,
    short: "saved here",
    text: "Saved on this disk. Without a server that is all there is to it; with one it is sent when the server answers.",
  },
  onServer: { icon: Cloud, short: "on the server", text: "Saved on this disk and on the server." },
  seen: { icon: Users, short: "seen by others", text: "Somebody else in the session has it too." },
};

/** How far an event has come: here, on the server, with others. */
export function EventTravel({ state }: { state: EventState }) {
  const { icon: Icon, short, text } = STATES[state];
  return (
    <Tooltip text={text}>
      <span className="event-state" data-state={state}>
        <Icon size={12} aria-hidden />
        {short}
      </span>
    </Tooltip>
  );
}
