import type { Move, Story } from "./story";

/** Whether a story still ends in that verdict. */
export type StillFails = (story: Story) => Promise<boolean>;

/** The shortest story that still ends so: moves are left out, then what is special about those that are left. */
export async function shrink(story: Story, stillFails: StillFails): Promise<Story> {
	let shortest = story;
	for (let shrunk = true; shrunk; ) {
		shrunk = false;
		for (const each of smaller(shortest)) {
			const candidate = each.world.group === undefined ? each : ofOneGroup(each);
			if (!(await stillFails(candidate))) continue;
			shortest = candidate;
			shrunk = true;
			break;
		}
	}
	return shortest;
}

/** The declaration of the first pair is the group's. */
function ofOneGroup(story: Story): Story {
	const moves = story.moves.map((move): Move => {
		if (move.move !== "up" && (move.move !== "otherUp" || move.alone === true)) return move;
		const [first = null] = move.program;
		return { ...move, program: move.program.map(() => first) };
	});
	return { ...story, moves };
}

function* smaller(story: Story): Generator<Story> {
	const { moves, world } = story;
	for (let index = moves.length - 1; index >= 0; index--) {
		yield { ...story, moves: moves.filter((_, other) => other !== index) };
	}
	for (let pair = world.pairs.length - 1; pair > 0; pair--) {
		if (moves.some((move) => uses(move, pair)) || world.copies?.some((copy) => copy.pair === pair)) continue;
		yield {
			...story,
			world: { ...world, pairs: world.pairs.slice(0, pair) },
			moves: moves.map((move) =>
				move.move === "up" || move.move === "otherUp" ? { ...move, program: move.program.slice(0, pair) } : move,
			),
		};
	}
	yield* withoutCopies(story);
	for (const [index, move] of moves.entries()) {
		for (const simpler of simplerMoves(move)) {
			yield { ...story, moves: moves.map((other, at) => (at === index ? simpler : other)) };
		}
	}
	if (Object.keys(world.creation).length > 0) yield { ...story, world: { ...world, creation: {} } };
	for (const [index, pair] of world.pairs.entries()) {
		for (const trait of Object.keys(pair.traits)) {
			const traits = Object.fromEntries(Object.entries(pair.traits).filter(([name]) => name !== trait));
			yield {
				...story,
				world: { ...world, pairs: world.pairs.map((other, at) => (at === index ? { ...pair, traits } : other)) },
			};
		}
	}
	if (world.profile !== "generous") yield { ...story, world: { ...world, profile: "generous" } };
}

/** Without the last copy, and with arrays that are less strange. */
function* withoutCopies(story: Story): Generator<Story> {
	const { moves, world } = story;
	const { copies = [], copying = {}, ...bare } = world;
	const last = copies.length - 1;
	const left = moves.filter((move) => !("copy" in move) || move.copy !== last);
	if (last === 0) yield { ...story, world: bare, moves: moves.filter(({ move }) => !move.startsWith("cop")) };
	if (last > 0) {
		const fewer = left.map((move) =>
			move.move === "copiesUp" ? { ...move, copies: move.copies.slice(0, last) } : move,
		);
		yield { ...story, world: { ...world, copies: copies.slice(0, last) }, moves: fewer };
	}
	for (const kind of ["Snapshot", "Clone"] as const) {
		for (const name of Object.keys(copying[kind] ?? {})) {
			const behaviour = Object.fromEntries(Object.entries(copying[kind] ?? {}).filter(([each]) => each !== name));
			yield { ...story, world: { ...world, copying: { ...copying, [kind]: behaviour } } };
		}
	}
	for (const [index, { keepsDisk, ...copy }] of copies.entries()) {
		if (keepsDisk !== true) continue;
		yield { ...story, world: { ...world, copies: copies.map((other, at) => (at === index ? copy : other)) } };
	}
}

function uses(move: Move, pair: number): boolean {
	const told = JSON.stringify(move.move === "up" || move.move === "otherUp" ? { ...move, program: [] } : move);
	return told.includes(`"pair":${pair}`);
}

function* simplerMoves(move: Move): Generator<Move> {
	if (!("meanwhile" in move)) return;
	if (move.cut !== null) yield { ...move, cut: null };
	const { meanwhile } = move;
	for (const name of ["strangerAtSleep", "afterChecks", "faultAt", "mendAt", "copyBreaksAt", "copyRemade"] as const) {
		if (meanwhile[name] === undefined) continue;
		const { [name]: _, ...left } = meanwhile;
		yield { ...move, meanwhile: left };
	}
	if (meanwhile.writeEvery !== 0) yield { ...move, meanwhile: { ...meanwhile, writeEvery: 0 } };
	if (move.move !== "up" && move.move !== "copiesUp") return;
	if (move.between !== null) yield { ...move, between: null };
	if (move.approve !== "nothing") yield { ...move, approve: "nothing" };
	if (move.move === "copiesUp") {
		yield* simplerCopies(move);
		return;
	}
	for (const [pair, declared] of move.program.entries()) {
		if (declared === null) continue;
		for (const name of Object.keys(declared).filter((each) => each !== "state")) {
			const left = Object.fromEntries(Object.entries(declared).filter(([each]) => each !== name)) as typeof declared;
			yield { ...move, program: move.program.map((other, at) => (at === pair ? left : other)) };
		}
		if (declared.state !== "active") {
			yield {
				...move,
				program: move.program.map((other, at) => (at === pair ? { ...declared, state: "active" } : other)),
			};
		}
	}
}

function* simplerCopies(move: Extract<Move, { move: "copiesUp" }>): Generator<Move> {
	const { copies } = move;
	for (const [copy, declared] of copies.entries()) {
		if (declared === null) continue;
		const instead = (other: typeof declared): Move => ({
			...move,
			copies: copies.map((each, at) => (at === copy ? other : each)),
		});
		for (const name of Object.keys(declared).filter((each) => each !== "state"))
			yield instead(Object.fromEntries(Object.entries(declared).filter(([each]) => each !== name)) as typeof declared);
		if (declared.state !== "active") yield instead({ ...declared, state: "active" });
	}
}
