/* SPDX-License-Identifier: MIT */
/* wrap_sysv.h - System V shared memory; wrap.h tells the contract. */
#ifndef COMMON_WRAP_SYSV_H
#define COMMON_WRAP_SYSV_H

#include <sys/ipc.h>
#include <sys/shm.h>
#include <sys/types.h>

/* ftok(3): a key made from an existing path and a number of which only the
 * low eight bits count. */
key_t Ftok(const char *path, int id);

/* shmget(2): returns the segment's id.  With IPC_EXCL, a segment that is
 * there already ends the program. */
int Shmget(key_t key, size_t size, int flags);

/* shmat(2), shmdt(2): the caller detaches what it has attached. */
void *Shmat(int id, const void *addr, int flags);
void Shmdt(const void *addr);

/* shmctl(2): returns what the command is to return, 0 for IPC_RMID, IPC_STAT
 * and IPC_SET.  A segment outlives its processes until IPC_RMID. */
int Shmctl(int id, int command, struct shmid_ds *info);

#endif
