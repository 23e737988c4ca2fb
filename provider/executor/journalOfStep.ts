import { currentSource } from "../model/relationship";
import type { Step } from "../planner/plan";
import type { Observed } from "../planner/situation";
import { higherAhead, type Standing } from "../planner/standing";
import { type Copying, stopsAsynchronousCopy, takesNoWrites } from "./drain";
import { journalOfPair } from "./groupMemory";
import { type Journal, journalAfter } from "./journal";
import type { Outlook } from "./outlook";

/** What a step leaves in the journal when it is proved. A source that stopped copying undrained keeps its tail. */
export function journalOfStep(
	step: Step,
	predicted: Standing,
	before: Outlook,
	drained: boolean,
	journal: Journal | null,
): Journal {
	const after = (
		standing: Standing,
		copying: Omit<Copying, "observed"> & { readonly observed: Observed },
		known: Journal | null,
	): Journal => {
		const { observed, sighting } = copying;
		const source = currentSource(observed.direction);
		const hasArrived = (drained && takesNoWrites(copying)) || sighting.lagSeconds === 0;
		const undrained =
			before.situation.desired.kind === undefined && stopsAsynchronousCopy(step, copying) && !hasArrived;
		const ahead = undrained
			? { ...standing.ahead, [source]: higherAhead(standing.ahead[source], "recent") }
			: standing.ahead;
		return journalAfter({ ...standing, ahead }, observed, known);
	};
	const own = after(predicted, { key: "", observed: before.situation.observed, sighting: before.sighting }, journal);
	const { pairs = [], pairPredictions: [standings] = [] } = before;
	if (standings === undefined || pairs.length === 0) return own;
	const keys = pairs.map(({ key }) => key);
	const members = pairs.flatMap((pair): [string, Journal][] => {
		const { id, key } = pair;
		const standing = standings.get(id);
		return standing === undefined
			? []
			: [[key.toLowerCase(), after(standing, pair, journalOfPair(journal, { key, keys }))]];
	});
	return { ...own, members: new Map(members) };
}
