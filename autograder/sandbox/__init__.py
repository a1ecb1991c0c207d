"""Runs untrusted code: inputs in, plain arrays out.

One submission, from the grader's first word to its last:

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

A crash, a hang or a flood ends the child; what is left goes to a new one, which runs the files
anew. From the second submission on, and only where seccomp keeps children apart, the server has
forked the next child while the present one runs, and nobody waits for the end of a child that is
done: FORK and REAP are answered later.

`host/` is our side: `session` says what to ask, `conversation` how long to wait and when to give
up, `wire` and `values` write requests and read answers, `channel` moves bytes, `children` and
`launch` start processes. `server/` is the warm interpreter that forks. `guest/` is the only code
that runs in a child, besides a student's; its protocol is stated in `guest/protocol.py`.
`kernel_layers/` is what Linux enforces. Where nothing can be forked, a fresh interpreter takes
the server's place.
"""
