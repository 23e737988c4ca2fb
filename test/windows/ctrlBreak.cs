// Starts a command line in a process group of its own, as Pulumi starts a provider (CREATE_NEW_PROCESS_GROUP). On the first
// line of its input it sends CTRL_BREAK to that group and says `exit <code>`.
using System;
using System.Runtime.InteropServices;
using System.Text;

static class CtrlBreak
{
	[StructLayout(LayoutKind.Sequential, CharSet = CharSet.Unicode)]
	struct StartupInfo
	{
		public int cb;
		public string reserved, desktop, title;
		public int x, y, xSize, ySize, xCountChars, yCountChars, fillAttribute, flags;
		public short showWindow, reserved2;
		public IntPtr reservedBytes, input, output, error;
	}

	[StructLayout(LayoutKind.Sequential)]
	struct ProcessInformation
	{
		public IntPtr process, thread;
		public int processId, threadId;
	}

	[DllImport("kernel32.dll", CharSet = CharSet.Unicode, SetLastError = true)]
	static extern bool CreateProcessW(string application, StringBuilder line, IntPtr processAttributes, IntPtr threadAttributes, bool inherit, int flags, IntPtr environment, string folder, ref StartupInfo startup, out ProcessInformation information);
	[DllImport("kernel32.dll")]
	static extern IntPtr GetStdHandle(int which);
	[DllImport("kernel32.dll")]
	static extern bool SetHandleInformation(IntPtr handle, int mask, int flags);
	[DllImport("kernel32.dll")]
	static extern IntPtr GetConsoleWindow();
	[DllImport("kernel32.dll")]
	static extern bool AllocConsole();
	[DllImport("kernel32.dll", SetLastError = true)]
	static extern bool GenerateConsoleCtrlEvent(int controlEvent, int group);
	[DllImport("kernel32.dll")]
	static extern int WaitForSingleObject(IntPtr handle, int milliseconds);
	[DllImport("kernel32.dll")]
	static extern bool GetExitCodeProcess(IntPtr process, out int code);

	const int StdInput = -10, StdOutput = -11, StdError = -12;
	const int HandleFlagInherit = 1, UseStdHandles = 0x100, CreateNewProcessGroup = 0x200, BreakEvent = 1;

	static int Main(string[] arguments)
	{
		// The streams first: a new console would replace them.
		var input = GetStdHandle(StdInput);
		var output = GetStdHandle(StdOutput);
		var error = GetStdHandle(StdError);
		var reader = Console.In;
		var writer = Console.Out;
		// Events go through a console that sender and receiver share.
		if (GetConsoleWindow() == IntPtr.Zero) AllocConsole();
		SetHandleInformation(input, HandleFlagInherit, 0);
		SetHandleInformation(output, HandleFlagInherit, HandleFlagInherit);
		SetHandleInformation(error, HandleFlagInherit, HandleFlagInherit);
		var startup = new StartupInfo { flags = UseStdHandles, output = output, error = error };
		startup.cb = Marshal.SizeOf(startup);
		ProcessInformation child;
		if (!CreateProcessW(null, new StringBuilder(arguments[0]), IntPtr.Zero, IntPtr.Zero, true, CreateNewProcessGroup, IntPtr.Zero, null, ref startup, out child))
		{
			Console.Error.WriteLine("CreateProcess: " + Marshal.GetLastWin32Error());
			return 1;
		}
		reader.ReadLine();
		if (!GenerateConsoleCtrlEvent(BreakEvent, child.processId)) Console.Error.WriteLine("GenerateConsoleCtrlEvent: " + Marshal.GetLastWin32Error());
		int code;
		if (WaitForSingleObject(child.process, 15000) != 0) writer.WriteLine("still running");
		else if (GetExitCodeProcess(child.process, out code)) writer.WriteLine("exit " + code);
		writer.Flush();
		return 0;
	}
}
