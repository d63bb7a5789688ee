import { NumbersField, eulerFromQuaternion, quaternionFromEuler } from "../../design";
import type { Quaternion, Vector3 } from "../../design";
import type { FieldEditorProps } from "./FieldEditor";
import { fieldSet, fieldValue, numbersOf, sharedNumbers } from "./values";

/**
 * The angles as they were typed, by the quaternion they made: one rotation has many Euler angles, and a person who
 * types 200 expects to read 200. Bounded, because it only serves what is on screen.
 */
const typed = new Map<string, Vector3>();
const REMEMBERED = 64;

/** A rotation as angles in degrees. */
export function RotationField({ description, records, onSet }: FieldEditorProps) {
  const angles = (record: (typeof records)[number]): Vector3 => {
    const quaternion = numbersOf(fieldValue(record, description), 4) as unknown as Quaternion;
    return typed.get(quaternion.join()) ?? eulerFromQuaternion(quaternion);
  };
  return (
    <NumbersField
      label="Rotation"
      step={1}
      values={sharedNumbers(records.map(angles), 3)}
      onCommit={(axis, degrees) =>
        onSet((record) => {
          const next = [...angles(record)] as [number, number, number];
          next[axis] = degrees;
          const quaternion = quaternionFromEuler(next).map((part) =>
            Number(part.toPrecision(12)),
          ) as unknown as Quaternion;
          remember(quaternion, next);
          return fieldSet(record, description, [...quaternion]);
        })
      }
    />
  );
}

function remember(quaternion: Quaternion, angles: Vector3): void {
  typed.set(quaternion.join(), angles);
  const oldest = typed.keys().next().value;
  if (typed.size > REMEMBERED && oldest !== undefined) typed.delete(oldest);
}
