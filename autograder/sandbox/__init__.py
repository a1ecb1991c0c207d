"""Runs untrusted code: inputs in, plain arrays out.

The messages for one submission, from start to end:

    judging              host (trusted)            server                guest (a student's code)
       |  Sandbox.session    |                        |                        |
       |-------------------->|                        |                        |
       |  Session.run(jobs)  |                        |                        |
       |-------------------->|  FORK, 3 descriptors   |                        |
       |                     |----------------------->|  fork, put the         |
       |                     |<-----------------------|  kernel's layers on -->|
       |                     |  pid                                            |
       |                     |  SOURCES ------------------------------------->|  (or FAILED)
       |                     |  FIND: where is each function? --------------->|  runs the files
       |                     |<--- bell --- READY, LOADING, LOADED, FOUND ... |
       |                     |  CALL: all public groups --------------------->|  runs the functions
       |                     |<--- bell --- ANSWER, ANSWER, ANSWER ...        |
       |  outcomes           |                                                |
       |<--------------------|                                                |
       |  Session.run(jobs)  |                                                |
       |-------------------->|  CALL: all hidden groups --------------------->|
       |  outcomes           |<--- bell --- ANSWER, ANSWER, ANSWER ...        |
       |<--------------------|  REAP                  |                        |
       |                     |----------------------->|  SIGKILL ------------>x|
       |                     |<-----------------------|
       |                     |  how it ended          |

A crash, a timeout or too much output ends the child; the remaining calls go to a new child, which
runs the files again. If seccomp isolates the children from each other, some of this is done ahead
while the current submission is graded: from the second one on, the server forks the next child, and
SOURCES and FIND of the next submission are sent while the calls of this one run. If that does not
end well, for example in time, it is done once more in its turn, and only that counts. Nor does the
host wait for a finished child to exit: the replies to FORK and REAP are read later.

`sandbox.py` decides what to ask of a submission. `host/` is the rest of the trusted side:
`conversation` decides how long to wait and when to give up; `wire` encodes requests and decodes
answers; `channel` moves bytes; `launch` starts and ends processes. `server/` is the warm
interpreter that forks. `guest/` is our code that runs in a child together with the student's;
`guest/protocol.py` specifies its protocol. `kernel_layers/` holds the protections that Linux
enforces. On systems without fork, each session runs in a fresh interpreter instead.
"""
