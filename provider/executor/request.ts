import type { Declared } from "./declared";
import type { RelationshipRecord } from "./record";
import type { Wish } from "./wish";

/** What is asked of one relationship. */
export interface Request {
	readonly declared: Declared;
	readonly wish: Wish;
	readonly record: RelationshipRecord | null;
	/** An earlier look of this run has found the target under another id than is known. */
	readonly targetRekeyed?: boolean;
}
