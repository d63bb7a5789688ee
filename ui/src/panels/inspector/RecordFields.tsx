import { attempt } from "../../workspace/notify";
import { edit } from "../../documents/document";
import type { Change, RecordData } from "../../ipc";
import { FieldEditor } from "./FieldEditor";
import type { SetFields } from "./FieldEditor";
import { SECTIONS, eventTypeFor } from "./fields";
import { Row, SectionHeading } from "./Row";

interface RecordFieldsProps {
  document: string;
  collection: string;
  ids: readonly string[];
  records: readonly RecordData[];
}

/** The described fields of one or several records of a collection. */
export function RecordFields({ document, collection, ids, records }: RecordFieldsProps) {
  const onSet = (field: string, set: SetFields) => {
    const changes = ids.map((id, at): Change => ({ collection, id, set: set(records[at] ?? {}, id) }));
    void attempt(edit(document, eventTypeFor(collection, field), changes));
  };
  return (SECTIONS[collection] ?? []).map((section) => (
    <section key={section.title} aria-label={section.title} className="inspector-section">
      <SectionHeading title={section.title} />
      {section.fields
        .filter(({ when }) => records.every((record) => when?.(record) ?? true))
        .map((description) => (
          <Row key={description.label} label={description.label}>
            <FieldEditor
              key={ids.join()}
              description={description}
              ids={ids}
              records={records}
              onSet={onSet}
            />
          </Row>
        ))}
    </section>
  ));
}
