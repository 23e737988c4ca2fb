import { systemClock } from "./executor/clock";
import type { Bag } from "./lifecycle/arguments";
import { type CheckResult, check as checkArguments, isAdopted } from "./lifecycle/check";
import { type CreateResult, create as createRelationship } from "./lifecycle/create";
import { remove } from "./lifecycle/delete";
import { diff as compare, type DiffResult } from "./lifecycle/diff";
import { EngineLog } from "./lifecycle/engineLog";
import { onFirstCtrlC } from "./lifecycle/firstCtrlC";
import { isGroup } from "./lifecycle/groupArguments";
import { inOneLine } from "./lifecycle/inOneLine";
import { type ReadResult, read as readRelationship } from "./lifecycle/read";
import * as groups from "./lifecycle/replicationGroup";
import { Session } from "./lifecycle/session";
import { type UpdateResult, update as updateRelationship } from "./lifecycle/update";
import { urnIn } from "./lifecycle/urn";

/**
 * What the provider's constant text in the state calls. The text never changes; this module does, so every method must
 * take the inputs and outputs of every older release.
 */
const session = new Session(systemClock, new EngineLog(engineAddress(process.argv)));

if (session.log.address !== undefined) {
	// SIGBREAK is how Pulumi ends a provider on Windows.
	for (const signal of ["SIGINT", "SIGTERM", "SIGBREAK"] as const) process.on(signal, () => session.end());
	onFirstCtrlC(() => session.cancel());
}

export function configure(request: { readonly config: { get(key: string): string | undefined } }): void {
	session.configure((key) => request.config.get(key));
}

export async function check(olds: Bag, news: Bag): Promise<CheckResult> {
	if (isGroup(news)) return groups.check(session, olds, news);
	const result = await checkArguments(session, olds, news);
	if (result.failures.length > 0) session.tally.refused(urnIn(news));
	// A new one has no diff.
	else if (Object.keys(olds).length === 0) session.tally.planned(urnIn(news));
	return result;
}

export async function diff(_id: string, olds: Bag, news: Bag): Promise<DiffResult> {
	if (isGroup(news)) return groups.diff(session, olds, news);
	const result = await compare(session, olds, news);
	if (result.changes) session.tally.planned(urnIn(news));
	else session.tally.unchanged(urnIn(news));
	return result;
}

export const create = (inputs: Bag): Promise<CreateResult> =>
	isGroup(inputs)
		? groups.create(session, inputs)
		: session.tally.run(urnIn(inputs), createRelationship(session, inputs), ({ outs }) =>
				isAdopted(outs) ? "adopted" : "changed",
			);

export const read = (id: string, props: Bag): Promise<ReadResult> =>
	inOneLine(isGroup(props) ? groups.read(session, id, props) : readRelationship(session, id, props));

export const update = (id: string, olds: Bag, news: Bag): Promise<UpdateResult> =>
	isGroup(news)
		? groups.update(session, id, olds, news)
		: session.tally.run(urnIn(news), updateRelationship(session, id, olds, news), () => "changed");

async function deleteRelationship(id: string, props: Bag): Promise<void> {
	if (isGroup(props)) return void (await inOneLine(groups.remove(session, id, props)));
	await session.tally.run(urnIn(props), inOneLine(remove(session, id, props)), (fate) => fate);
}

export { deleteRelationship as delete };

/** The engine starts a dynamic provider with its own address as the last argument; anything else is not an engine. */
function engineAddress(argv: readonly string[]): string | undefined {
	const last = argv.at(-1);
	return last !== undefined && /^[\w.-]+:\d+$/.test(last) ? last : undefined;
}
