/**
 * What an answer of the Storage Management API means for the one who asked.
 * - `success`: done; the state proves it. - `job`: a storage job was started; the state proves it later.
 * - `unknown`: the call may or may not have had an effect; only the array can tell.
 * - `retryable`: nothing was done, transport or resources were busy; reads are retried, changes are decided anew.
 * - `staleCache`: refresh the cache (Discover), read, plan again, once. - `wrongPlace`: another computer is in charge.
 * - `authorization`: rights are missing. - `refused`: the array will not do this now.
 */
export type ReturnCodeClass =
	| "success"
	| "job"
	| "unknown"
	| "retryable"
	| "staleCache"
	| "wrongPlace"
	| "authorization"
	| "refused";

export interface ReturnCode {
	readonly code: number;
	readonly class: ReturnCodeClass;
	/** The reference's own words, or what is known of an undocumented number. */
	readonly wording: string;
}

/**
 * Documented for SetReplicationRelationship: 0 to 5, 8, 4096, 40001 to 40003, 40009 (Microsoft reference). The others
 * are documented for sibling methods of the same API and are accepted from any.
 */
const known: readonly ReturnCode[] = [
	{ code: 0, class: "success", wording: "Success" },
	{ code: 1, class: "refused", wording: "Not Supported" },
	{ code: 2, class: "unknown", wording: "Unspecified Error" },
	{ code: 3, class: "unknown", wording: "Timeout" },
	{ code: 4, class: "unknown", wording: "Failed" },
	{ code: 5, class: "refused", wording: "Invalid Parameter" },
	{ code: 6, class: "retryable", wording: "In Use" },
	{ code: 8, class: "refused", wording: "Object Not Found" },
	{ code: 4096, class: "job", wording: "Method Parameters Checked - Job Started" },
	{ code: 4099, class: "retryable", wording: "Device busy" },
	{ code: 40000, class: "refused", wording: "Not enough available capacity" },
	{ code: 40001, class: "authorization", wording: "Access denied" },
	{ code: 40002, class: "retryable", wording: "There are not enough resources to complete the operation" },
	{ code: 40003, class: "staleCache", wording: "Cache out of date" },
	{ code: 40004, class: "refused", wording: "An unexpected I/O error has occurred" },
	{ code: 40006, class: "staleCache", wording: "The object is not in the cache" },
	{ code: 40007, class: "refused", wording: "Hardware failure" },
	{ code: 40009, class: "refused", wording: "The operation is not supported while the cluster is being upgraded" },
	{ code: 40018, class: "wrongPlace", wording: "The object is managed by Failover Clustering" },
	{ code: 46000, class: "retryable", wording: "Cannot connect to the storage provider" },
	{ code: 46001, class: "retryable", wording: "The storage provider cannot connect to the storage subsystem" },
	{ code: 46007, class: "authorization", wording: "The storage provider wants other credentials" },
	{ code: 50000, class: "refused", wording: "The virtual disk could not be found" },
	{ code: 50002, class: "wrongPlace", wording: "Another computer controls the object" },
	{ code: 50003, class: "refused", wording: "The health of the object forbids it" },
	{ code: 50004, class: "refused", wording: "The disk is set to manual attach" },
];

const byCode = new Map(known.map((row) => [row.code, row]));

/** The meaning of any code. One that is nowhere documented is a refusal that names its number. */
export function returnCode(code: number): ReturnCode {
	return byCode.get(code) ?? { code, class: "refused", wording: "undocumented return code" };
}

/** A refusal began nothing; any other answer may have begun what was asked. */
export function mayHaveEffect({ class: meaning }: ReturnCode): boolean {
	return meaning === "success" || meaning === "job" || meaning === "unknown";
}

/** The codes that have a row of their own. */
export const documentedReturnCodes: readonly ReturnCode[] = known;
