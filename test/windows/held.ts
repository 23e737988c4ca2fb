// A process that holds a bridge to this machine: says what PowerShell is there and its process id, and waits to be ended.
import { z } from "zod";
import { connectPowerShell } from "../../provider/hosts/powershell";

const executable = process.env.HELD_EXECUTABLE;
const host = connectPowerShell({
	name: "held",
	kind: "local",
	...(executable === undefined ? {} : { executable }),
	startTimeoutMs: 30_000,
});

host.diagnose().then(
	(facts) => {
		console.log(JSON.stringify({ facts, processes: children() }));
		setInterval(() => {}, 60_000);
	},
	(error: unknown) => {
		console.log(JSON.stringify({ error: String(error) }));
		process.exitCode = 1;
	},
);

const handles = z.object({ libuv: z.array(z.object({ type: z.string(), pid: z.number().optional() })) });

/** The processes that this one started; the bridge does not tell. */
function children(): number[] {
	const { libuv } = handles.parse(process.report.getReport());
	return libuv.flatMap(({ type, pid }) => (type === "process" && pid !== undefined ? [pid] : []));
}
