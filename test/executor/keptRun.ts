import type { RelationshipRecord } from "../../provider/executor/record";
import type { Request } from "../../provider/executor/request";
import type { Surroundings } from "../../provider/executor/surroundings";
import { runTransition } from "../../provider/executor/transition";
import { SeenAndStopped, type TransitionResult, TransitionStopped } from "../../provider/executor/transitionEnd";
import type { PerEnd } from "../../provider/model/relationship";

/** What a state keeps of a relationship between runs. */
export interface Kept {
	record: RelationshipRecord | null;
	ids: PerEnd<string | null>;
}

/**
 * One run, as an update does it. What it returns or throws is kept as the engine would, as JSON; a run that is killed leaves
 * nothing.
 */
export async function keptRun(
	kept: Kept,
	request: Request,
	around: Omit<Surroundings, "fence"> & Partial<Pick<Surroundings, "fence">>,
): Promise<TransitionResult> {
	const keep = (record: RelationshipRecord) => {
		kept.record = JSON.parse(JSON.stringify(record));
	};
	try {
		const result = await runTransition(request, { fence: async () => {}, ...around });
		keep(result.record);
		kept.ids = result.outlook.sighting.ids;
		return result;
	} catch (error) {
		if (error instanceof SeenAndStopped) keep(error.record);
		if (error instanceof TransitionStopped) {
			keep(error.record);
			kept.ids = error.outlook.sighting.ids;
		}
		throw error;
	}
}
