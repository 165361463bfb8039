/** Parameters by name while they are being changed. */
export type Editable = Record<string, number[]>;
