import type { RelationshipFact } from "../../executor/host";

/** CopyState, ProgressStatus, SyncMode, SyncType, PercentSynced, SyncTime, RequestedCopyState, as rows have them. */
export type Synchronized = readonly [
	number | null,
	number | null,
	number | null,
	number | null,
	number | null,
	string | null,
	number | null,
	...unknown[],
];

type Said = Pick<RelationshipFact, "copyState" | "requestedCopyState" | "progressStatus" | "syncMode" | "syncType">;

/** What MSFT_Synchronized says of any relationship. */
export function saidIn([copyState, progressStatus, syncMode, syncType, , , requestedCopyState]: Synchronized): Said {
	return {
		// 0 is no CopyState and no SyncType: what is not reported is refused by the planner as unknown, not guessed.
		copyState: copyState ?? 0,
		// 0 is no CopyState: nothing was asked, or the provider does not say.
		requestedCopyState: requestedCopyState || null,
		progressStatus: progressStatus ?? 0,
		syncMode: syncMode ?? 0,
		syncType: syncType ?? 0,
	};
}
