/** JSON, as manifests are made of. */
export type JsonValue = string | number | boolean | null | JsonObject | readonly JsonValue[];

/** A JSON map; a member that is `undefined` counts as absent. */
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined;
}
