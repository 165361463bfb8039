"""The conventions of other mixture-of-experts libraries on small inputs, in numpy.

Run here: python3 golden.py && npx biome format --write golden-moe.json
"""
import numpy as np, math, json
from math import erf
np.set_printoptions(precision=9, suppress=True)
sm=lambda z,a=-1:(lambda e:e/e.sum(a,keepdims=True))(np.exp(z-z.max(a,keepdims=True)))
sig=lambda z:1/(1+np.exp(-z))
lse=lambda z,a=-1:np.log(np.exp(z-z.max(a,keepdims=True)).sum(a))+z.max(a)
cdf=lambda z:0.5*(1+np.vectorize(erf)(z/math.sqrt(2)))
out={}
# --- A: vmoe constants reproduced
G=np.array([[.5,.4,.1],[.3,.3,.4],[.1,.2,.7],[.8,.2,.0]])
E=3
top1=np.eye(3)[G.argmax(1)]
out['A_gshard_E2_mean']=float((top1.mean(0)*G.mean(0)).mean()*E*E)
imp=G.sum(0)
out['A_importance_cv2_population']=float((imp.std()/imp.mean())**2)
out['A_importance_cv2_bessel']=float(imp.var(ddof=1)/(imp.mean()**2+1e-10))
L=np.array([[.9,.06,.04],[.7,.18,.12],[.85,.05,.1]]); N=np.array([[-.037,.026,-.018],[-.074,.045,-.015],[-.067,-.059,.073]])
Ln=L+N; kth=np.sort(Ln,1)[:,::-1][:,1]
p=1-cdf((kth[:,None]-L)/.1); pm=p.mean(0)
out['A_load_cv2_vmoe']=float((pm.std()/pm.mean())**2)
# --- B: one 6x4 logits batch, K=2, all conventions
Z=np.array([[2.,1.,.1,-1.],[1.5,1.4,-.5,0.],[.2,2.2,.3,.1],[-1.,0.,1.,2.],[3.,-1.,.5,.4],[.6,.5,.4,.3]])
P=sm(Z); T,E=Z.shape; K=2
idx=np.argsort(-P,1,kind='stable')[:,:K]
M=np.zeros_like(P); np.put_along_axis(M,idx,1,1); M1=np.eye(E)[idx[:,0]]
f=M.sum(0)/T; Pm=P.mean(0); f1=M1.mean(0)
out['B_topk_idx']=idx.tolist(); out['B_counts']=M.sum(0).tolist()
out['B_P_mean']=Pm.tolist()
out['B_lb_top1_switch_gshard']=float(E*(f1*Pm).sum())
out['B_lb_topk_sum (HF,flaxformer,maxtext)']=float(E*(f*Pm).sum())
out['B_lb_topk_over_k (Megatron,Megablocks,DeepSpeed topk,KerasHub)']=float(E*(f*Pm).sum()/K)
out['B_z_loss']=float((lse(Z)**2).mean())
sel=np.take_along_axis(P,idx,1); ren=sel/sel.sum(1,keepdims=True)
post=sm(np.take_along_axis(Z,idx,1))
out['B_mixtral_weights(pre-softmax,topk,renorm)']=ren.tolist()
out['B_post_softmax_equal']=bool(np.allclose(ren,post))
gates=np.zeros_like(P); np.put_along_axis(gates,idx,ren,1)
imp=gates.sum(0); load=(gates>0).sum(0)
out['B_importance_cv2_pop']=float((imp.std()/imp.mean())**2); out['B_importance_cv2_bessel']=float(imp.var(ddof=1)/imp.mean()**2)
out['B_load_count_cv2_bessel']=float(load.var(ddof=1)/load.mean()**2)
# Deepseek-v3 style
S=sig(Z); b=np.array([0.,-.3,.3,.1]); g=1e-3
ch=S+b; di=np.argsort(-ch,1,kind='stable')[:,:K]; w=np.take_along_axis(S,di,1); w=w/(w.sum(1,keepdims=True)+1e-20)*2.5
c=np.zeros(E); np.add.at(c,di.ravel(),1)
d=g*np.sign(c.mean()-c)
out['B_ds_idx']=di.tolist(); out['B_ds_w_scale2.5']=w.tolist(); out['B_ds_counts']=c.tolist(); out['B_ds_bias_sign']=(b+d).tolist(); out['B_ds_bias_sign_zero_mean(torchtitan)']=(b+d-d.mean()).tolist()
MaxVio=float(c.max()/c.mean()-1); out['B_ds_maxvio']=MaxVio
# DeepSeek group-limited: 2 groups of 2, keep 1
grp=ch.reshape(T,2,2).sum(-1); keep=grp.argmax(1)
mask=np.repeat(np.eye(2)[keep],2,axis=1)
gi=np.argsort(-np.where(mask>0,ch,-np.inf),1,kind='stable')[:,:K]; out['B_ds_group_idx']=gi.tolist()
# sqrt-softplus (DeepSeek V4)
V=np.sqrt(np.log1p(np.exp(Z))); out['B_sqrtsoftplus_row0']=V[0].tolist()
# Sinkhorn (Megatron)
C=np.exp(Z); d0=np.ones(T); d1=np.ones(E); old=d1; err=1e9; it=0
while err>1e-4:
  d0=(1/T)/( (d1*C).sum(1)+1e-8); d1=(1/E)/((d0[:,None]*C).sum(0)+1e-8); err=np.abs(old-d1).mean(); old=d1; it+=1
Sk=d1*C*d0[:,None]; out['B_sinkhorn_iters']=it; out['B_sinkhorn_colsum']=Sk.sum(0).tolist(); out['B_sinkhorn_argmax']=Sk.argmax(1).tolist()
# expert choice capacity 3
ec=np.argsort(-P.T,1,kind='stable')[:,:3]; out['B_expert_choice_C3']=ec.tolist()
# soft moe: x normalised etc: dispatch column softmax over tokens, combine row softmax over slots (1 slot per expert) on Z
out['B_soft_dispatch_colsum']=sm(Z,0).sum(0).tolist(); out['B_soft_combine_rowsum']=sm(Z,1).sum(1).tolist()
# capacity table
T_,E_,K_,cf=10,4,2,1.25
cap={
 'vmoe ceil(T*K*cf/E), up to mult of 4': (lambda c:c+(-c)%4)(math.ceil(T_*K_*cf/E_)),
 'flaxformer max(round(cf*T/E),4) (no K)': max(round(cf*T_/E_),4),
 'lucidrains max(min(T,int(T*cf/E)),4) (no K)': max(min(T_,int(T_*cf/E_)),4),
 'DeepSpeed topk max(ceil(T/E*cf*K),4)': max(math.ceil(T_/E_*cf*K_),4),
 'DeepSpeed top1 max(ceil(T/E*cf),4)': max(math.ceil(T_/E_*cf),4),
 'Megatron ceil(T*K/E*cf)': math.ceil(T_*K_/E_*cf),
 'Tutel K*int(cf*ceil(T/E))': K_*int(cf*((T_+E_-1)//E_)),
 'Megablocks int(cf*K*T/E)': int(cf*K_*T_/E_),
 'FastMoE gshard ceil(rate*T)*K//E (rate 1.2)': math.ceil(1.2*T_)*K_//E_,
 'axlearn int(T*cf/E) up to mult 4 (no K)': (lambda c:c+(-c)%4)(int(T_*cf/E_)),
}
out['C_capacity_T10_E4_K2_cf1.25']=cap
# DSelect-k smoothstep
ss=lambda x,g=1.:np.where(x<=-g/2,0,np.where(x>=g/2,1,-2/g**3*x**3+3/(2*g)*x+.5))
out['D_smoothstep']={str(x):float(ss(np.array(x))) for x in (-.6,-.5,-.25,0,.25,.5)}
json.dump(out,open('golden-moe.json','w'),indent=1)
