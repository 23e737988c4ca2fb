import type { JobFact } from "../../executor/host";
import type { JobRow } from "./answers";

/** One MSFT_StorageJob. A state that is not reported is 0, which is neither running nor ended. */
export function jobOf(row: JobRow): JobFact {
	const [objectId, instanceId, uniqueId, jobState, percentComplete, operationalStatus, errorCode, errorDescription] =
		row;
	return {
		id: objectId || instanceId || uniqueId || "",
		jobState: jobState ?? 0,
		percentComplete,
		operationalStatus: operationalStatus ?? [],
		errorCode,
		errorDescription,
	};
}
